using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>A gate's state as callers see it.</summary>
internal static class GateReader
{
    /// <param name="known">The rule.</param>
    /// <param name="state">What the gate remembers.</param>
    public static Gate Read(KnownRule known, GateState state)
    {
        ConcurrencyRule code = known.Code;
        ConcurrencyRule rule = state.Rule ?? state.Limits?.Apply(code) ?? code;
        return new Gate(
            known.Workflow?.Name,
            known.Workflow?.Version,
            state.Key,
            rule.MaxRuns,
            rule.Strategy,
            state.LastToken,
            [.. state.Holders.Select(holder =>
                new GateHolder(Shown(holder.Age.RunId), holder.Token, holder.Age.QueuedAt, Shown(holder.SupersededBy), holder.Key, holder.Workflow))],
            [.. state.Waiters.Select(waiter => new GateWaiter(Shown(waiter.Age.RunId), waiter.Age.QueuedAt, waiter.Priority, waiter.Key, waiter.Workflow))],
            rule.Strategy is ConcurrencyStrategy.Queue or ConcurrencyStrategy.RoundRobin ? rule.MaxQueued : null,
            rule.Strategy == ConcurrencyStrategy.RoundRobin ? rule.MaxTotal : null,
            rule.Strategy == ConcurrencyStrategy.RoundRobin ? rule.MaxQueuedTotal : null,
            state.Healed,
            rule.Rate,
            rule.Rate is null ? DebounceRules.StartOf(state) : ThrottleRules.StartOf(state, rule, ahead: 0),
            rule.Debounce,
            code.Name,
            LimitRules.IsPaused(state));
    }

    [return: NotNullIfNotNull(nameof(holder))]
    private static string? Shown(string? holder) => holder is null ? null : HolderId.Parse(holder).Shown;
}
