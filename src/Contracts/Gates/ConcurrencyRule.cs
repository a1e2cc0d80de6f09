namespace Preempt;

/// <summary>How many runs of a workflow there may be at one time for each key, and what to do with one more.</summary>
public sealed record ConcurrencyRule
{
    /// <summary>The most runs that a rule can allow; a gate's state stays small.</summary>
    public const int LargestMaxRuns = 1000;

    /// <summary>The most runs that a rule can let wait at one gate.</summary>
    public const int LargestMaxQueued = 10_000;

    /// <summary>How many runs of one key RoundRobin lets wait where the rule does not say: no key fills the line that all share.</summary>
    public const int DefaultMaxQueuedInTurn = 1000;

    /// <summary>A template such as <c>{input.userId}:{metadata.region}</c>, or <c>(code)</c> for a key that code computes.</summary>
    public required string Key { get; init; }

    /// <summary>Runs that one key may have at one time: 1 to 1000.</summary>
    public required int MaxRuns { get; init; }

    /// <summary>What happens when there are as many.</summary>
    public required ConcurrencyStrategy Strategy { get; init; }

    /// <summary>When a newcomer gets the slot of the run that it supersedes; of CancelInProgress.</summary>
    public Handover Handover { get; init; }

    /// <summary>Runs of one key that may wait, 1 to 10,000; of Queue and RoundRobin. One that can start at once does not wait.</summary>
    public int MaxQueued { get; init; } = LargestMaxQueued;

    /// <summary>Runs of all keys together that may wait, 1 to 10,000; of RoundRobin.</summary>
    public int MaxQueuedTotal { get; init; } = LargestMaxQueued;

    /// <summary>Runs that all keys together may have at one time, 1 to 1000; of RoundRobin.</summary>
    public int MaxTotal { get; init; } = LargestMaxRuns;
}
