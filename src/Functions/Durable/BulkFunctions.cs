using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Functions.Durable;

/// <summary>What bulk operations need of the platform.</summary>
public sealed class BulkFunctions(RunClients runs)
{
    /// <summary>Runs a bulk operation.</summary>
    [Function(PreemptFunctions.Bulk)]
    public static Task<BulkProgress> Bulk([OrchestrationTrigger] TaskOrchestrationContext context) => BulkOperation.RunAsync(context);

    /// <summary>Counts the runs that a filter means.</summary>
    [Function(PreemptFunctions.CountRuns)]
    public Task<int> CountRuns([ActivityTrigger] RunFilter filter, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        BulkActivities.CountAsync(runs, client, filter, function.CancellationToken);

    /// <summary>Finds the next runs that a filter means.</summary>
    [Function(PreemptFunctions.FindRuns)]
    public Task<BulkPage> FindRuns([ActivityTrigger] BulkSearch search, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        BulkActivities.FindAsync(runs, client, search, function.CancellationToken);

    /// <summary>Does what is to be done with some runs.</summary>
    [Function(PreemptFunctions.WorkOnRuns)]
    public Task<BulkResult> WorkOnRuns([ActivityTrigger] BulkWork work, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        BulkActivities.WorkAsync(runs, client, work, function.CancellationToken);
}
