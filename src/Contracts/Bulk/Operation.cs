using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>A bulk operation: one thing that is done with many runs. Times are UTC.</summary>
public sealed record Operation
{
    /// <summary>The operation's id.</summary>
    public required string Id { get; init; }

    /// <summary>What it does with each run.</summary>
    public required BulkKind Kind { get; init; }

    /// <summary>Where it is.</summary>
    public required OperationStatus Status { get; init; }

    /// <summary>The runs that there are to work on; 0 until they are counted.</summary>
    public required int Total { get; init; }

    /// <summary>
    /// Those with which it was done: asked to stop, replayed, or told of an event. A run that was asked to stop ends in its own time.
    /// </summary>
    public required int Done { get; init; }

    /// <summary>
    /// Those that needed nothing when their turn came: ended meanwhile, no longer what the filter says, or replayed by the run that starts them.
    /// When it has succeeded, <see cref="Done"/>, this and <see cref="Failed"/> make the <see cref="Total"/>, unless the runs were only counted.
    /// </summary>
    public int NothingToDo { get; init; }

    /// <summary>Those with which it could not be done.</summary>
    public required int Failed { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether the runs were only counted.</summary>
    public bool DryRun { get; init; }

    /// <summary>Why, in words.</summary>
    public string? Reason { get; init; }

    /// <summary>The first failures, 10 at most.</summary>
    public ImmutableArray<BulkFailure> Failures { get; init; } = [];
}

/// <summary>A run with which a bulk operation could not do what was asked.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Detail">Why not, 120 characters at most.</param>
public sealed record BulkFailure(string RunId, string Detail);

/// <summary>Where a bulk operation is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationStatus>))]
public enum OperationStatus
{
    /// <summary>Read by an older client from a newer app: a status that the client does not know.</summary>
    Unknown = -1,

    /// <summary>It works, or is about to.</summary>
    Running,

    /// <summary>It has gone through all runs; with some of them it may have failed.</summary>
    Succeeded,

    /// <summary>It ended before it had gone through all runs.</summary>
    Failed,

    /// <summary>Somebody stopped it. What it had done stays done, and it leaves the other runs alone.</summary>
    Stopped,
}
