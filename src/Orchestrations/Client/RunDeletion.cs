using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Deletes runs, at once or once they have ended.</summary>
internal static class RunDeletion
{
    private const string Prefix = "delete:";

    /// <summary>Has a run deleted when it has ended. May be repeated.</summary>
    public static async Task ScheduleAsync(DurableTaskClient client, string runId, CancellationToken cancellationToken)
    {
        StartOrchestrationOptions start = new(Prefix + RunId.HashKey(runId));
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(PreemptFunctions.DeleteRun, runId, start, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The real client and the embedded one refuse a running id with exceptions of different types.
            if (await client.GetInstanceAsync(start.InstanceId!, cancellationToken) is null or { IsCompleted: true })
                throw;
        }
    }

    /// <summary>Purges some of the orchestrations that have deleted a run: each of them leaves itself behind.</summary>
    public static async Task CleanUpAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        const int MaxInstances = 50;
        OrchestrationQuery query = new()
        {
            InstanceIdPrefix = Prefix,
            Statuses = [OrchestrationRuntimeStatus.Completed],
            PageSize = MaxInstances,
        };
        await foreach (Page<OrchestrationMetadata> page in client.GetAllInstancesAsync(query).AsPages().WithCancellation(cancellationToken))
        {
            foreach (OrchestrationMetadata instance in page.Values)
                await client.PurgeInstanceAsync(instance.InstanceId, cancellation: cancellationToken);
            return;
        }
    }
}
