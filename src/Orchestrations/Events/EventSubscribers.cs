using System.Collections.Immutable;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>The runs that end on one event: the entity function <see cref="PreemptFunctions.Subscribers"/>, one for each event's name.</summary>
internal sealed class EventSubscribers : TaskEntity<ImmutableArray<string>>
{
    /// <summary>The most runs that can end on one event at one time; the entity's state stays readable and small.</summary>
    public const int MaxRuns = 10_000;

    /// <summary>Takes a run in; called, so that it is in before its code begins.</summary>
    /// <param name="run">The run, by <see cref="HolderId"/>: what comes late for a deleted run does not strike off the next of its id.</param>
    /// <returns>Whether there was room.</returns>
    public bool Add(string run)
    {
        if (State.Contains(run))
            return true;
        if (State.Length >= MaxRuns)
            return false;
        State = State.Add(run);
        return true;
    }

    /// <summary>Strikes a run off that has ended.</summary>
    /// <param name="run">The run, as it was taken in.</param>
    public void Remove(string run) => State = State.Remove(run);

    /// <inheritdoc />
    protected override ImmutableArray<string> InitializeState(TaskEntityOperation entityOperation) => [];

    /// <summary>The runs that end on an event, by <see cref="HolderId"/>.</summary>
    internal static async Task<ImmutableArray<string>> ReadAsync(DurableTaskClient client, string eventName, CancellationToken cancellationToken)
    {
        EntityMetadata<ImmutableArray<string>>? subscribers =
            await client.Entities.GetEntityAsync<ImmutableArray<string>>(Of(eventName), cancellation: cancellationToken);
        return subscribers is null || subscribers.State.IsDefault ? [] : subscribers.State;
    }

    internal static EntityInstanceId Of(string eventName) => new(PreemptFunctions.Subscribers, EventName.Hash(eventName));
}
