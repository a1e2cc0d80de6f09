using System.Collections.Immutable;

namespace Preempt;

/// <summary>The result of publishing an event.</summary>
/// <param name="Event">The event's name.</param>
/// <param name="Started">The runs that the event has started.</param>
/// <param name="Stopped">The first runs that end on the event and got it, 100 at most; empty while the operation goes on.</param>
public sealed record PublishedEvent(string Event, ImmutableArray<Run> Started, ImmutableArray<string> Stopped)
{
    /// <summary>How many runs that end on the event got it so far.</summary>
    public int StoppedCount { get; init; }

    /// <summary>The operation that sends the event to these runs; null if there are none.</summary>
    public string? OperationId { get; init; }
}
