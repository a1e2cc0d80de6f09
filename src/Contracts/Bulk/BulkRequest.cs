namespace Preempt;

/// <summary>The request for a bulk operation: on the runs of a list, or on those of a filter.</summary>
public sealed record BulkRequest
{
    /// <summary>The most runs that can be listed. A filter may match any number.</summary>
    public const int MaxRunIds = 10_000;

    /// <summary>The runs, 10,000 at most; null with a filter.</summary>
    public IReadOnlyList<string>? RunIds { get; init; }

    /// <summary>
    /// Selects runs that were accepted before the operation; null with a list. A cancel takes those that have not ended, a replay
    /// those that have.
    /// </summary>
    public RunFilter? Filter { get; init; }

    /// <summary>The reason, in words; up to 200 characters are kept.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the runs are only counted.</summary>
    public bool DryRun { get; init; }
}
