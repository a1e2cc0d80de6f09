namespace Preempt;

/// <summary>At most so many runs of a workflow at one time for each key, and what to do with one more.</summary>
/// <param name="Key">A template such as <c>{input.userId}:{metadata.region}</c>, or a name for a key that code computes.</param>
/// <param name="MaxRuns">Runs that one key may have at one time: 1 to 1000.</param>
/// <param name="Strategy">What happens when there are as many.</param>
/// <param name="Handover">When a newcomer gets the slot of the run that it supersedes.</param>
public sealed record ConcurrencyRule(string Key, int MaxRuns, ConcurrencyStrategy Strategy, Handover Handover)
{
    /// <summary>The most runs that a rule can allow for one key; a gate's state stays small.</summary>
    public const int LargestMaxRuns = 1000;
}

/// <summary>A rule as one run meets it: fixed when the run was accepted, so that a later deployment does not change it.</summary>
/// <param name="Gate">The key of the gate entity.</param>
/// <param name="Key">The concurrency key as text.</param>
/// <param name="MaxRuns">Runs that the key may have at one time.</param>
/// <param name="Strategy">What happens when there are as many.</param>
/// <param name="Handover">When a newcomer gets the slot of the run that it supersedes.</param>
public sealed record RunGate(string Gate, string Key, int MaxRuns, ConcurrencyStrategy Strategy, Handover Handover);
