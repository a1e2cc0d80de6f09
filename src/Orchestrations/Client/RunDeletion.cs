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

    /// <summary>The orchestration that waits until a run has ended, and deletes it. Its input is the run's id.</summary>
    public static async Task RunAsync(TaskOrchestrationContext context)
    {
        const int LooksBetweenFreshStarts = 50;
        TimeSpan longestPause = TimeSpan.FromMinutes(1);
        string runId = context.GetInput<string>()!;
        TimeSpan pause = TimeSpan.FromSeconds(1);
        for (int looks = 0; looks < LooksBetweenFreshStarts; looks++)
        {
            if (await context.CallActivityAsync<bool>(PreemptFunctions.PurgeRun, runId, ActivityCalls.Retried))
                return;
            await context.CreateTimer(pause, CancellationToken.None);
            pause = pause < longestPause ? pause * 2 : pause;
        }

        context.ContinueAsNew(runId);
    }

    /// <summary>The activity that deletes a run that has ended, and what is left of earlier deletions.</summary>
    /// <returns>Whether the run is gone; false when it has not ended.</returns>
    public static async Task<bool> PurgeAsync(string runId, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await client.GetInstanceAsync(runId, cancellationToken) is { } instance)
        {
            if (!instance.IsCompleted)
                return false;
            await client.PurgeInstanceAsync(runId, cancellation: cancellationToken);
        }

        await CleanUpAsync(client, cancellationToken);
        return true;
    }

    /// <summary>Purges some of the orchestrations that have deleted a run: each of them leaves itself behind.</summary>
    private static async Task CleanUpAsync(DurableTaskClient client, CancellationToken cancellationToken)
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
