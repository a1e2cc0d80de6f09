using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace ExistingApp;

public sealed class Greeter
{
    public string Greet(string name) => $"Hello, {name}!";
}

/// <summary>Functions that know nothing of Preempt.</summary>
public sealed class Greetings(Greeter greeter, ILogger<Greetings> logger)
{
    [Function("GreetOne")]
    public IActionResult GreetOne(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "greetings/{name}")] HttpRequest request, string name) =>
        new JsonResult(greeter.Greet(name));

    [Function("StartGreetAll")]
    public static async Task<IActionResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "greetings")] HttpRequest request,
        [DurableClient] DurableTaskClient client)
    {
        string[] names = await request.ReadFromJsonAsync<string[]>() ?? [];
        string id = await client.ScheduleNewOrchestrationInstanceAsync("GreetAll", names);
        OrchestrationMetadata ended = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, request.HttpContext.RequestAborted);
        return new JsonResult(ended.ReadOutputAs<string[]>());
    }

    [Function("GreetAll")]
    public static async Task<string[]> GreetAllAsync([OrchestrationTrigger] TaskOrchestrationContext context, string[] names)
    {
        List<string> greetings = [];
        foreach (string name in names)
            greetings.Add(await context.CallActivityAsync<string>("Greet", name));
        return [.. greetings];
    }

    [Function("Greet")]
    public string Greet([ActivityTrigger] string name) => greeter.Greet(name);

    [Function("GreetEveryMorning")]
    public void GreetEveryMorning([TimerTrigger("0 0 7 * * *")] TimerInfo timer) =>
        logger.LogInformation("{Greeting}", greeter.Greet($"it is {timer.ScheduleStatus?.Next:O}"));
}
