using System.Collections.Immutable;

namespace Preempt;

/// <summary>The runs of a filter in numbers. Times are UTC.</summary>
public sealed record RunStatistics
{
    /// <summary>How many runs these numbers are of.</summary>
    public required int Runs { get; init; }

    /// <summary>Whether these are all that match; false when there are more than 10,000, of which not all are counted.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The runs of each status, of those that any has.</summary>
    public required ImmutableArray<StatusCount> Statuses { get; init; }

    /// <summary>The time in equal parts, the oldest first; empty without a <c>since</c>.</summary>
    public required ImmutableArray<RunBucket> Buckets { get; init; }

    /// <summary>How long the runs that have started had waited; null without any.</summary>
    public required Percentiles? QueueTime { get; init; }

    /// <summary>How long the runs that were stopped took from the request to their ends; null without any.</summary>
    public required Percentiles? StopTime { get; init; }

    /// <summary>The keys with the most runs, 10 at most.</summary>
    public required ImmutableArray<KeyCount> Keys { get; init; }
}

/// <summary>How many runs have a status.</summary>
/// <param name="Status">The status.</param>
/// <param name="Runs">The runs.</param>
public sealed record StatusCount(RunStatus Status, int Runs);

/// <summary>The runs that were accepted in a part of the time, by how they ended.</summary>
/// <param name="From">When the part begins.</param>
/// <param name="Succeeded">Runs that succeeded.</param>
/// <param name="Failed">Runs that failed.</param>
/// <param name="TimedOut">Runs that timed out.</param>
/// <param name="Superseded">Runs that a newer one superseded.</param>
/// <param name="Cancelled">Runs that were cancelled for another reason.</param>
/// <param name="Rejected">Runs that were rejected.</param>
/// <param name="Open">Runs that have not ended.</param>
/// <param name="QueueTime">The median of how long those that have started had waited, in seconds; null without any.</param>
/// <param name="StopTime">The median of how long those that were stopped took to end, in seconds; null without any.</param>
public sealed record RunBucket(
    DateTimeOffset From,
    int Succeeded,
    int Failed,
    int TimedOut,
    int Superseded,
    int Cancelled,
    int Rejected,
    int Open,
    double? QueueTime,
    double? StopTime);

/// <summary>How times are spread, in seconds.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="P50">Half of them are no longer.</param>
/// <param name="P90">Nine of ten are no longer.</param>
/// <param name="P99">Ninety-nine of a hundred are no longer.</param>
public sealed record Percentiles(int Count, double P50, double P90, double P99);

/// <summary>How many runs have a key.</summary>
/// <param name="Workflow">The workflow.</param>
/// <param name="Key">Their concurrency key; null for the runs of a workflow without one.</param>
/// <param name="Runs">The runs.</param>
/// <param name="Superseded">Those of them that a newer one superseded.</param>
public sealed record KeyCount(string Workflow, string? Key, int Runs, int Superseded);
