using System.Collections.Immutable;

namespace Preempt;

/// <summary>What became of an event that was published.</summary>
/// <param name="Event">The event's name.</param>
/// <param name="Started">The runs that it has started.</param>
/// <param name="Stopped">The first of the runs that end on it and have been told, 100 at most; none while the operation goes on.</param>
public sealed record PublishedEvent(string Event, ImmutableArray<Run> Started, ImmutableArray<string> Stopped)
{
    /// <summary>How many runs that end on it have been told so far.</summary>
    public int StoppedCount { get; init; }

    /// <summary>The operation that tells them; null when there was nobody to tell.</summary>
    public string? OperationId { get; init; }
}
