namespace Preempt;

/// <summary>What a bulk operation is asked to do: with the runs of a list, or with those of a filter.</summary>
public sealed record BulkRequest
{
    /// <summary>The most runs that can be listed. A filter may mean any number.</summary>
    public const int MaxRunIds = 10_000;

    /// <summary>The runs, 10,000 at most; null with a filter.</summary>
    public IReadOnlyList<string>? RunIds { get; init; }

    /// <summary>
    /// Which of the runs that were accepted before the operation; null with a list. A cancel takes those that have not ended, a replay
    /// those that have.
    /// </summary>
    public RunFilter? Filter { get; init; }

    /// <summary>Why, in words; kept up to 200 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the runs are only counted.</summary>
    public bool DryRun { get; init; }
}
