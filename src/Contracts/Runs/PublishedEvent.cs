using System.Collections.Immutable;

namespace Preempt;

/// <summary>What became of an event that was published.</summary>
/// <param name="Event">The event's name.</param>
/// <param name="Started">The runs that it has started.</param>
/// <param name="Stopped">The runs that end on it, and have been told.</param>
public sealed record PublishedEvent(string Event, ImmutableArray<Run> Started, ImmutableArray<string> Stopped);
