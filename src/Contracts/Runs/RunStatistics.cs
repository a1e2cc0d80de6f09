using System.Collections.Immutable;

namespace Preempt;

/// <summary>Statistics of the runs of a filter. Times are UTC.</summary>
public sealed record RunStatistics
{
    /// <summary>How many runs were counted.</summary>
    public required int Runs { get; init; }

    /// <summary>Whether all runs that match were counted; false if there are more than 10,000.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The number of runs with each status; statuses without runs are left out.</summary>
    public required ImmutableArray<StatusCount> Statuses { get; init; }

    /// <summary>The time in equal parts, the oldest first; empty without a <c>since</c>.</summary>
    public required ImmutableArray<RunBucket> Buckets { get; init; }

    /// <summary>How long runs waited before they started; null if none has started.</summary>
    public required Percentiles? QueueTime { get; init; }

    /// <summary>How long stopped runs took from the stop request to their end; null if none was stopped.</summary>
    public required Percentiles? StopTime { get; init; }

    /// <summary>The keys with the most runs, 10 at most.</summary>
    public required ImmutableArray<KeyCount> Keys { get; init; }
}

/// <summary>How many runs have a status.</summary>
/// <param name="Status">The status.</param>
/// <param name="Runs">The runs.</param>
public sealed record StatusCount(RunStatus Status, int Runs);

/// <summary>The runs that were accepted in one part of the time, by how they ended.</summary>
/// <param name="From">When the part begins.</param>
/// <param name="Succeeded">Runs that succeeded.</param>
/// <param name="Failed">Runs that failed.</param>
/// <param name="TimedOut">Runs that timed out.</param>
/// <param name="Superseded">Runs that a newer one superseded.</param>
/// <param name="Cancelled">Runs that were cancelled for another reason.</param>
/// <param name="Rejected">Runs that were rejected.</param>
/// <param name="Open">Runs that have not ended.</param>
/// <param name="QueueTime">The median time that runs waited before they started, in seconds; null if none has started.</param>
/// <param name="StopTime">The median time from the stop request to the end of stopped runs, in seconds; null if none was stopped.</param>
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

/// <summary>A distribution of times, in seconds.</summary>
/// <param name="Count">The number of values.</param>
/// <param name="P50">The median: half of the values are not larger.</param>
/// <param name="P90">90 percent of the values are not larger.</param>
/// <param name="P99">99 percent of the values are not larger.</param>
public sealed record Percentiles(int Count, double P50, double P90, double P99);

/// <summary>How many runs have a key.</summary>
/// <param name="Workflow">The workflow.</param>
/// <param name="Key">Their concurrency key; null for the runs of a workflow without one.</param>
/// <param name="Runs">The runs.</param>
/// <param name="Superseded">How many of them were superseded by a newer run.</param>
public sealed record KeyCount(string Workflow, string? Key, int Runs, int Superseded);
