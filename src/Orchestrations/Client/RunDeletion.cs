using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Deletes runs, at once or once they have ended.</summary>
internal static class RunDeletion
{
    /// <summary>How often a run is removed again that comes back.</summary>
    private const int MaxRepeats = 3;

    /// <summary>Has a run deleted when it has ended. May be repeated.</summary>
    public static Task ScheduleAsync(DurableTaskClient client, string runId, CancellationToken cancellationToken) =>
        client.TryScheduleAnewAsync(
            PreemptFunctions.DeleteRun, runId, new StartOrchestrationOptions(KeptIds.Deletions + RunId.HashKey(runId)), cancellationToken);

    /// <summary>The orchestration that waits until a run has ended, and deletes it. Its input is the run's id.</summary>
    public static async Task RunAsync(TaskOrchestrationContext context)
    {
        const int LooksBetweenFreshStarts = 50;
        string runId = context.GetInput<string>()!;
        GrowingPause pause = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        for (int looks = 0; looks < LooksBetweenFreshStarts; looks++)
        {
            if (await context.CallActivityAsync<bool>(PreemptFunctions.PurgeRun, runId, ActivityCalls.Retried))
                return;
            await context.CreateTimer(pause.Next(), CancellationToken.None);
        }

        context.ContinueAsNew(runId);
    }

    /// <summary>The activity that deletes a run that has ended.</summary>
    /// <returns>Whether the run is gone; false when it has not ended.</returns>
    public static async Task<bool> PurgeAsync(string runId, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await client.GetInstanceAsync(runId, getInputsAndOutputs: true, cancellationToken) is not { } instance)
            return true;
        if (!instance.IsCompleted)
            return false;
        await RemoveAsync(client, instance, cancellationToken);
        return true;
    }

    /// <summary>
    /// Removes the instance of a run that has ended, with what was kept beside it. The claim of its idempotency key stays, and says that the run was
    /// deleted: a late retry must not do the work again.
    /// </summary>
    public static async Task RemoveAsync(DurableTaskClient client, OrchestrationMetadata instance, CancellationToken cancellationToken)
    {
        RunRequest? request = RunReader.ReadRequest(instance);
        if (request?.ClaimId is { } claimId)
            await RunStart.MarkDeletedAsync(client, claimId, instance.InstanceId, cancellationToken);
        await client.PurgeInstanceAsync(instance.InstanceId, cancellation: cancellationToken);
        // A pointer that the engine has yet to begin cannot be purged; lists skip one that leads nowhere.
        if (request is not null && RunRange.PointerTo(instance.InstanceId, request) is { } pointer
            && await client.GetInstanceAsync(pointer, cancellationToken) is { IsCompleted: true })
            await client.PurgeInstanceAsync(pointer, cancellation: cancellationToken);
        for (int again = 0; again < MaxRepeats && await IsBackAsync(client, instance.InstanceId, request, cancellationToken); again++)
            await client.PurgeInstanceAsync(instance.InstanceId, cancellation: cancellationToken);
    }

    /// <summary>
    /// Whether a run is there again that was removed. On Azure Storage a message that reaches a run which has ended, as the timer of a wait that is over does, makes the engine
    /// write the run's row anew from its history; if that was read before the removal, the row comes back.
    /// </summary>
    private static async Task<bool> IsBackAsync(DurableTaskClient client, string runId, RunRequest? request, CancellationToken cancellationToken) =>
        request is not null
        && await client.GetInstanceAsync(runId, getInputsAndOutputs: true, cancellationToken) is { IsCompleted: true } found
        && RunReader.ReadRequest(found)?.Life == request.Life;
}
