using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>What a bulk operation does with one run. Doing it twice does no harm.</summary>
internal interface IBulkAction
{
    /// <summary>Does it, if the run still needs it.</summary>
    /// <returns>Whether it was done; false when there was nothing to do.</returns>
    /// <exception cref="RunException">It cannot be done.</exception>
    Task<bool> TryDoAsync(string id, CancellationToken cancellationToken);
}

/// <summary>Asks runs to stop. What the filter says of a run must hold when the run hears of it, not only when it was found.</summary>
internal sealed class BulkCancel(BulkTask task, RunLookup lookup, RunMessenger messenger) : IBulkAction
{
    public async Task<bool> TryDoAsync(string id, CancellationToken cancellationToken)
    {
        FoundRun found;
        try
        {
            found = await lookup.LookAsync(id, cancellationToken);
        }
        catch (UnknownRunException) when (task.Filter is not null)
        {
            // It has ended and was deleted.
            return false;
        }

        // A part of the operation that is done a second time has stopped it the first time.
        if (found.Run.Stop?.By == task.OperationId)
            return true;
        if (task.Filter?.Matches(found.Run) == false)
            return false;
        RunStatus[] live = [.. RunStatusExtensions.All.Where(status => !status.IsTerminal())];
        bool hasStatus = task.Filter is { Status: var wanted } && live.Except(wanted).Any();
        RunCondition condition = hasStatus ? new RunCondition([.. task.Filter!.Status]) : RunCondition.None;
        try
        {
            CancelOptions options = new(task.Reason);
            if (!hasStatus && found.HasBegun)
            {
                await messenger.RequestStopAsync(found, options, task.OperationId, condition, cancellationToken);
                return true;
            }

            (found, _) = await messenger.StopAsync(found, options, task.OperationId, condition, cancellationToken);
            // A run that does not answer within some seconds will hear of it, and then decide.
            return found.Run.Stop is not null || (!found.Run.Status.IsTerminal() && condition.Holds(found.Record));
        }
        catch (RunConflictException)
        {
            // It has ended meanwhile, which is what was wanted of it, or is no longer what the filter says.
            return false;
        }
    }
}

/// <summary>
/// Starts runs with the inputs of others. A run that another has started is left to that one, where it is replayed as well: it would run twice.
/// </summary>
internal sealed class BulkReplay(BulkTask task, DurableTaskClient client, RunLookup lookup, RunStarter starter) : IBulkAction
{
    /// <summary>Runs that started runs that started a run: how far they are followed.</summary>
    private const int MaxAncestors = 32;

    private Task<FrozenSet<string>>? _listed;

    public async Task<bool> TryDoAsync(string id, CancellationToken cancellationToken)
    {
        FoundRun found = await lookup.LookAsync(id, cancellationToken);
        if (await IsLeftToAnotherAsync(found, cancellationToken))
            return false;
        await starter.ReplayAsync(id, $"{task.OperationId}:{id}", cancellationToken);
        return true;
    }

    private async Task<bool> IsLeftToAnotherAsync(FoundRun found, CancellationToken cancellationToken)
    {
        FoundRun? run = found;
        for (int ancestors = 0; ancestors < MaxAncestors && run?.Request.ParentId is { } parentId; ancestors++)
        {
            run = await lookup.FindAsync(parentId, cancellationToken);
            if (run is not null && run.Run.Status.IsTerminal() && await IsMeantAsync(run.Run, cancellationToken))
                return true;
        }

        return false;
    }

    private async Task<bool> IsMeantAsync(Run run, CancellationToken cancellationToken) =>
        task.Filter?.Matches(run) ?? (await (_listed ??= ReadListAsync(cancellationToken))).Contains(run.Id);

    /// <summary>All runs of the operation, of which the task has some; read where one of them has a parent.</summary>
    private async Task<FrozenSet<string>> ReadListAsync(CancellationToken cancellationToken)
    {
        OrchestrationMetadata? operation = await client.GetInstanceAsync(task.OperationId, getInputsAndOutputs: true, cancellationToken);
        return (StoredJson.TryRead<BulkState>(operation?.SerializedInput)?.Request.RunIds ?? [.. task.RunIds]).ToFrozenSet(StringComparer.Ordinal);
    }
}

/// <summary>Tells runs of an event that they end on, and has those that are gone forgotten.</summary>
internal sealed class BulkTelling(BulkTask task, DurableTaskClient client, RunLookup lookup, TimeProvider time) : IBulkAction
{
    private readonly ToldEvent _event = task.Event!;

    public async Task<bool> TryDoAsync(string id, CancellationToken cancellationToken)
    {
        // The run knows the message by its id, should it come twice.
        RunMessage message = RunMessage.ForEvent(_event.Name, _event.Payload, task.OperationId);
        FoundRun? found = await lookup.FindAsync(id, cancellationToken);
        if (found?.Record.HasHeard(message) == true)
            return true;
        bool lives = found is not null && !found.Run.Status.IsTerminal();
        if (lives && !EndsOn(found!.Request))
            return false;
        if (lives && await client.TrySendAsync(id, message with { Life = found!.Request.Life }, cancellationToken))
            return true;
        await ForgetDeadAsync(id, cancellationToken);
        return false;
    }

    /// <summary>Strikes off runs that were terminated or purged past their supervisors. One of the same id that has begun meanwhile stays.</summary>
    private async Task ForgetDeadAsync(string id, CancellationToken cancellationToken)
    {
        ImmutableArray<string> listed = await EventSubscribers.ReadAsync(client, _event.Name, cancellationToken);
        FoundRun? living = await lookup.FindAsync(id, cancellationToken) is { } found && !found.Run.Status.IsTerminal() ? found : null;
        foreach (string run in listed.Where(run => HolderId.Parse(run) is { } known
            && known.RunId == id
            && (living is null || !known.CanBe(living.Request.Life))))
        {
            await client.Entities.SignalEntityAsync(
                EventSubscribers.Of(_event.Name), nameof(EventSubscribers.Remove), run, cancellation: cancellationToken);
        }
    }

    /// <summary>Of an orchestration with an input of its own only its code knows.</summary>
    private bool EndsOn(RunRequest request) =>
        request.IsSupervised || request.EndWhen?.MatchesEvent(_event.Name, _event.Payload, time.GetUtcNow(), request.Zones) == true;
}
