using System.Collections.Immutable;

namespace Preempt;

/// <summary>The gate of one concurrency key, as callers see it.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Version">The workflow's version.</param>
/// <param name="Key">The concurrency key.</param>
/// <param name="MaxRuns">Runs that may hold it at one time.</param>
/// <param name="Strategy">What happens to a newcomer when all slots are taken.</param>
/// <param name="LastToken">The fencing token of the latest admission; 0 before the first.</param>
/// <param name="Holders">Admitted runs, in the order of admission.</param>
/// <param name="Waiters">Runs that wait for a slot, oldest first.</param>
public sealed record Gate(
    string Workflow,
    string Version,
    string Key,
    int MaxRuns,
    ConcurrencyStrategy Strategy,
    long LastToken,
    ImmutableArray<GateHolderView> Holders,
    ImmutableArray<GateWaiterView> Waiters)
{
    internal static Gate From(WorkflowDefinition definition, GateState state) => new(
        definition.Name,
        definition.Version,
        state.Key,
        state.MaxRuns,
        state.Strategy,
        state.LastToken,
        [.. state.Holders.Select(holder => new GateHolderView(holder.Age.RunId, holder.Token, holder.Age.QueuedAt, holder.SupersededBy))],
        [.. state.Waiters.Select(waiter => new GateWaiterView(waiter.RunId, waiter.QueuedAt))]);
}

/// <summary>A run that holds a gate.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Token">Its fencing token.</param>
/// <param name="QueuedAt">When it was accepted, UTC.</param>
/// <param name="SupersededBy">The run that it was told to stop for; null while it was not.</param>
public sealed record GateHolderView(string RunId, long Token, DateTimeOffset QueuedAt, string? SupersededBy);

/// <summary>A run that waits at a gate.</summary>
/// <param name="RunId">The run.</param>
/// <param name="QueuedAt">When it was accepted, UTC.</param>
public sealed record GateWaiterView(string RunId, DateTimeOffset QueuedAt);
