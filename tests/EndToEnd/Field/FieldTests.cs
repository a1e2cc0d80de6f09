using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Field;

/// <summary>
/// Situations that operators of systems that do this job have met, each as a test over HTTP. They run on the embedded host and on Microsoft's engine.
/// </summary>
public abstract class FieldTests(AppUnderTest app) : EndToEndTests(app)
{
    internal static LabStep Long { get; } = new(Lab.VeryLong);

    /// <summary>Starts a run with whatever a start may say.</summary>
    internal async Task<Run> StartAsync(string workflow, object body) =>
        (await Api.PostAsync($"workflows/{workflow}/runs", body)).Read<Run>(HttpStatusCode.Accepted);

    /// <summary>Starts a run that works until it is stopped, and waits until it does.</summary>
    internal async Task<Run> HoldAsync(string workflow, string? group = null) =>
        await Api.WaitForWorkAsync(await Api.StartAsync(workflow, new LabInput(group ?? Group, Long)));

    /// <summary>Takes both slots of a key of the queue.</summary>
    internal async Task<Run[]> HoldQueueAsync() => await Task.WhenAll(HoldAsync(Lab.Queue), HoldAsync(Lab.Queue));

    /// <summary>Starts a run that works until it is stopped, on a key whose slots are taken, and waits until it is in the line.</summary>
    internal async Task<Run> QueueUpAsync(object? body = null)
    {
        Run run = await StartAsync(Lab.Queue, body ?? new { input = new LabInput(Group, Long) });
        await Eventually.GetAsync(() => Api.GateAsync(Lab.Queue, Group), gate => gate.Waiters.Any(waiter => waiter.RunId == run.Id));
        return run;
    }
}
