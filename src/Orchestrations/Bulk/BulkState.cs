using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>The input of a bulk operation's orchestration: what to do, and how far an earlier generation of it got.</summary>
/// <param name="Request">With which runs.</param>
/// <param name="StartedAt">When it was asked for, UTC.</param>
internal sealed record BulkState(BulkRequest Request, DateTimeOffset StartedAt)
{
    /// <summary>What to do with them.</summary>
    public required BulkKind Kind { get; init; }

    /// <summary>What stands for the request as it was made.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fingerprint { get; init; }

    /// <summary>The event that the runs are told of; null for what is done with them otherwise.</summary>
    public ToldEvent? Event { get; init; }

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

/// <summary>
/// How far a bulk operation is: its custom status while it runs, its output when it has ended. In the end each of the total is done, has failed,
/// or needed nothing.
/// </summary>
/// <param name="Total">The runs that there are to work on. With a filter, counted before the work.</param>
/// <param name="Done">Those with which it was done.</param>
/// <param name="NothingToDo">Those that needed it no more when their turn came.</param>
/// <param name="Failed">Those with which it could not be done.</param>
internal sealed record BulkProgress(int Total, int Done = 0, int NothingToDo = 0, int Failed = 0)
{
    /// <summary>The failures that are kept.</summary>
    public const int MaxFailures = 10;

    /// <summary>The runs with which it was done that are kept.</summary>
    public const int MaxDoneWith = 100;

    /// <summary>The most characters of what is kept of a failure: ten of them share a custom status.</summary>
    public const int MaxDetailLength = 120;

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The first failures.</summary>
    public ImmutableArray<BulkFailure> Failures { get; init; } = [];

    /// <summary>The first runs with which it was done; not in a custom status, which has no room for them.</summary>
    public ImmutableArray<string> DoneWith { get; init; } = [];

    /// <summary>What fits a custom status.</summary>
    internal BulkProgress Short => this with { DoneWith = [] };

    private int Seen => Done + NothingToDo + Failed;

    internal BulkProgress Add(BulkResult result)
    {
        BulkProgress next = this with
        {
            Done = Done + result.Done,
            NothingToDo = NothingToDo + result.NothingToDo,
            Failed = Failed + result.Failed,
            Failures = [.. Failures.Concat(result.Failures).Take(MaxFailures)],
            DoneWith = [.. DoneWith.Concat(result.DoneWith).Take(MaxDoneWith)],
        };
        // Runs that match are found as the work goes on: there can be more than were counted.
        return next with { Total = Math.Max(Total, next.Seen) };
    }

    /// <summary>All runs have had their turn: those that were counted and not found again no longer match.</summary>
    internal BulkProgress End(DateTimeOffset now) => this with { NothingToDo = NothingToDo + Total - Seen, EndedAt = now };
}
