using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>A bulk operation: one change of many runs. Times are UTC.</summary>
public sealed record Operation
{
    /// <summary>The operation's id.</summary>
    public required string Id { get; init; }

    /// <summary>What the operation does with each run.</summary>
    public required BulkKind Kind { get; init; }

    /// <summary>The operation's status.</summary>
    public required OperationStatus Status { get; init; }

    /// <summary>The number of runs to work on; 0 until they are counted.</summary>
    public required int Total { get; init; }

    /// <summary>
    /// The number of runs that were asked to stop, or replayed, or sent an event. A run that was asked to stop ends later, in its own time.
    /// </summary>
    public required int Done { get; init; }

    /// <summary>
    /// The number of runs that needed nothing when their turn came: they had ended, no longer matched the filter, or are started again by a replayed parent.
    /// In an operation that has succeeded, <see cref="Done"/>, this and <see cref="Failed"/> add up to <see cref="Total"/>, unless the runs were only counted.
    /// </summary>
    public int NothingToDo { get; init; }

    /// <summary>The number of runs for which it failed.</summary>
    public required int Failed { get; init; }

    /// <summary>When the operation was requested.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the operation ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether the runs were only counted.</summary>
    public bool DryRun { get; init; }

    /// <summary>The reason that the caller gave.</summary>
    public string? Reason { get; init; }

    /// <summary>The first failures, 10 at most.</summary>
    public ImmutableArray<BulkFailure> Failures { get; init; } = [];
}

/// <summary>A run for which a bulk operation failed.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Detail">Why it failed, 120 characters at most.</param>
public sealed record BulkFailure(string RunId, string Detail);

/// <summary>The status of a bulk operation.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationStatus>))]
public enum OperationStatus
{
    /// <summary>Read by an older client from a newer app: a status that the client does not know.</summary>
    Unknown = -1,

    /// <summary>It works, or is about to begin.</summary>
    Running,

    /// <summary>It has gone through all runs. It may have failed for some of them.</summary>
    Succeeded,

    /// <summary>It ended before it had gone through all runs.</summary>
    Failed,

    /// <summary>A caller stopped it. Work already done stays done, and the other runs are left alone.</summary>
    Stopped,
}
