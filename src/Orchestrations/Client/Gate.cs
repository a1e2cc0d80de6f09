using System.Collections.Immutable;

namespace Preempt;

/// <summary>The gate of one concurrency key, as callers see it.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Version">The workflow's version.</param>
/// <param name="Key">The concurrency key; empty for a gate that serves all keys.</param>
/// <param name="MaxRuns">Runs of one key that may hold it at one time.</param>
/// <param name="Strategy">What happens to a newcomer when all slots are taken.</param>
/// <param name="MaxQueued">Runs that may wait; of Queue and RoundRobin.</param>
/// <param name="MaxTotal">Runs of all keys that may hold it at one time; of RoundRobin.</param>
/// <param name="LastToken">The fencing token of the latest admission; 0 before the first.</param>
/// <param name="Holders">Admitted runs, in the order of admission.</param>
/// <param name="Waiters">Runs that wait for a slot, in the order in which they get one.</param>
public sealed record Gate(
    string Workflow,
    string Version,
    string Key,
    int MaxRuns,
    ConcurrencyStrategy Strategy,
    int? MaxQueued,
    int? MaxTotal,
    long LastToken,
    ImmutableArray<GateHolderView> Holders,
    ImmutableArray<GateWaiterView> Waiters)
{
    internal static Gate From(WorkflowDefinition definition, GateState state)
    {
        ConcurrencyRule rule = state.Rule ?? definition.Rules[0];
        return new Gate(
            definition.Name,
            definition.Version,
            state.Key,
            rule.MaxRuns,
            rule.Strategy,
            rule.Strategy is ConcurrencyStrategy.Queue or ConcurrencyStrategy.RoundRobin ? rule.MaxQueued : null,
            rule.Strategy == ConcurrencyStrategy.RoundRobin ? rule.MaxTotal : null,
            state.LastToken,
            [.. state.Holders.Select(holder =>
                new GateHolderView(holder.Age.RunId, holder.Token, holder.Age.QueuedAt, holder.SupersededBy, holder.Key))],
            [.. state.Waiters.Select(waiter => new GateWaiterView(waiter.Age.RunId, waiter.Age.QueuedAt, waiter.Priority, waiter.Key))]);
    }
}

/// <summary>A run that holds a gate.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Token">Its fencing token.</param>
/// <param name="QueuedAt">When it was accepted, UTC.</param>
/// <param name="SupersededBy">The run that it was told to stop for; null while it was not.</param>
/// <param name="Key">Its key, at a gate that serves all keys.</param>
public sealed record GateHolderView(string RunId, long Token, DateTimeOffset QueuedAt, string? SupersededBy, string? Key);

/// <summary>A run that waits at a gate.</summary>
/// <param name="RunId">The run.</param>
/// <param name="QueuedAt">When it was accepted, UTC.</param>
/// <param name="Priority">The higher, the sooner.</param>
/// <param name="Key">Its key, at a gate that serves all keys.</param>
public sealed record GateWaiterView(string RunId, DateTimeOffset QueuedAt, int Priority, string? Key);
