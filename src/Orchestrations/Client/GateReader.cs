using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>A gate's state as callers see it.</summary>
internal static class GateReader
{
    public static Gate Read(RegisteredWorkflow workflow, GateState state)
    {
        ConcurrencyRule rule = state.Rule ?? workflow.Rules[0];
        return new Gate(
            workflow.Name,
            workflow.Version,
            state.Key,
            rule.MaxRuns,
            rule.Strategy,
            state.LastToken,
            [.. state.Holders.Select(holder =>
                new GateHolder(Shown(holder.Age.RunId), holder.Token, holder.Age.QueuedAt, Shown(holder.SupersededBy), holder.Key))],
            [.. state.Waiters.Select(waiter => new GateWaiter(Shown(waiter.Age.RunId), waiter.Age.QueuedAt, waiter.Priority, waiter.Key))],
            rule.Strategy is ConcurrencyStrategy.Queue or ConcurrencyStrategy.RoundRobin ? rule.MaxQueued : null,
            rule.Strategy == ConcurrencyStrategy.RoundRobin ? rule.MaxTotal : null,
            rule.Strategy == ConcurrencyStrategy.RoundRobin ? rule.MaxQueuedTotal : null,
            state.Healed,
            rule.Rate,
            rule.Rate is null ? DebounceRules.StartOf(state) : ThrottleRules.StartOf(state, rule, ahead: 0),
            rule.Debounce);
    }

    [return: NotNullIfNotNull(nameof(holder))]
    private static string? Shown(string? holder) => holder is null ? null : HolderId.Parse(holder).Shown;
}
