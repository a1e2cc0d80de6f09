namespace Preempt;

/// <summary>A rule as one run meets it: fixed when the run was accepted, so that a later deployment does not change it.</summary>
/// <param name="Gate">The key of the gate entity.</param>
/// <param name="Key">The concurrency key as text.</param>
/// <param name="Rule">The rule.</param>
internal sealed record RunGate(string Gate, string Key, ConcurrencyRule Rule);
