using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Preempt.Functions.Durable;

/// <summary>Starts the nightly batch.</summary>
public sealed class NightlyTimer(RunClients runs)
{
    /// <summary>At 20:00 UTC on every day. A run that is still at work turns the new one away.</summary>
    [Function("NightlyBatchTimer")]
    public Task Start(
        [TimerTrigger("0 0 20 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        runs.With(client).StartAsync("nightly-batch", new Workflows.NightlyWork(), cancellationToken: function.CancellationToken);
}
