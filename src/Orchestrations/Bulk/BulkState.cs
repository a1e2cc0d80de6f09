using System.Collections.Immutable;

namespace Preempt;

/// <summary>The input of a bulk operation's orchestration: what to do, and how far an earlier generation of it got.</summary>
/// <param name="Request">With which runs.</param>
/// <param name="StartedAt">When it was asked for, UTC.</param>
internal sealed record BulkState(BulkRequest Request, DateTimeOffset StartedAt)
{
    /// <summary>What to do with them.</summary>
    public required BulkKind Kind { get; init; }

    /// <summary>How far it is; null before the runs are counted.</summary>
    public BulkProgress? Progress { get; init; }

    /// <summary>Where the next runs are; null for the beginning.</summary>
    public BulkPlace? Next { get; init; }
}

/// <summary>A place in the runs of a bulk operation.</summary>
/// <param name="Range">Of a filter, the range of instance ids; of a list, 0.</param>
/// <param name="Token">Of a filter, the engine's token within the range.</param>
/// <param name="Index">Of a list, the index.</param>
internal sealed record BulkPlace(int Range = 0, string? Token = null, int Index = 0);

/// <summary>How far a bulk operation is: its custom status while it runs, its output when it has ended.</summary>
/// <param name="Total">The runs that there are to work on. With a filter, counted before the work.</param>
/// <param name="Done">Those that are done, or needed nothing any more.</param>
/// <param name="Failed">Those with which it could not be done.</param>
internal sealed record BulkProgress(int Total, int Done = 0, int Failed = 0)
{
    /// <summary>The failures that are kept.</summary>
    public const int MaxFailures = 10;

    /// <summary>The most characters of what is kept of a failure: ten of them share a custom status.</summary>
    public const int MaxDetailLength = 120;

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The first failures.</summary>
    public ImmutableArray<BulkFailure> Failures { get; init; } = [];

    internal BulkProgress Add(BulkResult result) => this with
    {
        Done = Done + result.Done,
        Failed = Failed + result.Failed,
        // Runs that match are found as the work goes on: there can be more than were counted.
        Total = Math.Max(Total, Done + result.Done + Failed + result.Failed),
        Failures = [.. Failures.Concat(result.Failures).Take(MaxFailures)],
    };
}
