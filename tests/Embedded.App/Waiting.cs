using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.App;

/// <summary>An orchestration whose activity waits for the host to stop; each line that it writes ends with the time.</summary>
public class Waiting
{
    [Function(nameof(Start))]
    public async Task<string> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        await client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrate), request.HttpContext.RequestAborted);

    [Function(nameof(Orchestrate))]
    public Task Orchestrate([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync(nameof(Wait));

    [Function(nameof(Wait))]
    public async Task Wait([ActivityTrigger] string? input, CancellationToken cancellation)
    {
        Write("activity entered");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            Write("token fired");
        }
    }

    private static void Write(string what) => Console.WriteLine($"{what} {Stopwatch.GetTimestamp()}");
}
