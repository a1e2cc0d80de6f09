using System.Collections.Immutable;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>The runs that end on one event: the entity function <see cref="PreemptFunctions.Subscribers"/>, one for each event's name.</summary>
internal sealed class EventSubscribers : TaskEntity<ImmutableArray<string>>
{
    /// <summary>The most runs that can end on one event at one time; the entity's state stays readable and small.</summary>
    public const int MaxRuns = 10_000;

    /// <summary>Takes a run in; called, so that it is in before its code begins.</summary>
    /// <param name="runId">The run.</param>
    /// <returns>Whether there was room.</returns>
    public bool Add(string runId)
    {
        if (State.Contains(runId))
            return true;
        if (State.Length >= MaxRuns)
            return false;
        State = State.Add(runId);
        return true;
    }

    /// <summary>Strikes a run off that has ended.</summary>
    /// <param name="runId">The run.</param>
    public void Remove(string runId) => State = State.Remove(runId);

    /// <inheritdoc />
    protected override ImmutableArray<string> InitializeState(TaskEntityOperation entityOperation) => [];

    internal static EntityInstanceId Of(string eventName) => new(PreemptFunctions.Subscribers, EventName.Hash(eventName));
}
