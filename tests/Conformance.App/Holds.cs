using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Preempt.Conformance.App;

/// <summary>Activities that run until a test lets them go, so that a test decides what is open and when it closes.</summary>
public class Holds
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly ConcurrentDictionary<string, Hold> All = new();

    [Function(nameof(HoldActivity))]
    public async Task<string> HoldActivity([ActivityTrigger] string key)
    {
        await KeepAsync(key);
        return key;
    }

    /// <summary>Terminates an orchestration, and runs on.</summary>
    [Function(nameof(TerminateAndHold))]
    public async Task TerminateAndHold([ActivityTrigger] string instanceId, [DurableClient] DurableTaskClient client)
    {
        await client.TerminateInstanceAsync(instanceId, new TerminateInstanceOptions(new { By = "activity" }));
        await KeepAsync(instanceId);
    }

    [Function(nameof(IsHeld))]
    public IResult IsHeld([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "holds")] HttpRequest request) =>
        Results.Json(Find(request.Query["key"]!).IsHeld);

    [Function(nameof(Release))]
    public IResult Release([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "holds")] HttpRequest request)
    {
        Find(request.Query["key"]!).Released.TrySetResult();
        return Results.NoContent();
    }

    private static Task KeepAsync(string key)
    {
        Hold hold = Find(key);
        hold.IsHeld = true;
        return hold.Released.Task.WaitAsync(Limit);
    }

    private static Hold Find(string key) => All.GetOrAdd(key, static _ => new());

    private sealed class Hold
    {
        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public volatile bool IsHeld;
    }
}
