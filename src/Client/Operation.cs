using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Preempt.Client.Json;

namespace Preempt.Client;

/// <summary>One thing that is done with many runs. Times are UTC.</summary>
public sealed record Operation
{
    /// <summary>The operation's id.</summary>
    public required string Id { get; init; }

    /// <summary>What it does with each run: <c>bulk-cancel</c> or <c>bulk-replay</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where it is.</summary>
    public required OperationStatus Status { get; init; }

    /// <summary>The runs that there are to work on; 0 until they are counted.</summary>
    public required int Total { get; init; }

    /// <summary>Those that are done. A run that was asked to stop ends in its own time.</summary>
    public required int Done { get; init; }

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

/// <summary>A run with which an operation could not do what was asked.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Detail">Why not.</param>
public sealed record BulkFailure(string RunId, string Detail);

/// <summary>Where an operation is.</summary>
[JsonConverter(typeof(TolerantEnumConverter<OperationStatus>))]
public enum OperationStatus
{
    /// <summary>A status that this client does not know: the app is newer.</summary>
    Unknown,

    /// <summary>It works, or is about to.</summary>
    Running,

    /// <summary>It has gone through all runs; with some of them it may have failed.</summary>
    Succeeded,

    /// <summary>It ended before it had gone through all runs.</summary>
    Failed,
}

/// <summary>What is to be done with many runs: those of a list, or those of a filter.</summary>
public sealed record BulkRequest
{
    /// <summary>The runs, 10,000 at most; null with a filter.</summary>
    public IReadOnlyList<string>? RunIds { get; init; }

    /// <summary>Which runs; null with a list. A cancel takes those that have not ended, a replay those that have.</summary>
    public RunFilter? Filter { get; init; }

    /// <summary>Why, in words; of a cancel, the runs keep it.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the runs are only counted.</summary>
    public bool DryRun { get; init; }
}
