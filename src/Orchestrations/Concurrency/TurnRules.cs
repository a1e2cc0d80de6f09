using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// In which order keys get slots where they take turns, pure, as <see cref="GateRules"/>. The key that has gone without longest goes first, and has as many turns
/// in a row as its weight, as far as it has runs that wait and may run; then it goes to the back. So a key that waits has its weight in turns of any that the
/// weights of all keys that wait add up to.
/// </summary>
internal static class TurnRules
{
    /// <summary>Of the keys that may have one more, the one whose turn it is; its first run. Null if there is none.</summary>
    public static WaiterState? Next(GateState state)
    {
        Dictionary<string, int> holders = state.Holders.CountBy(holder => holder.Key!).ToDictionary();
        HashSet<string> seen = [];
        WaiterState? best = null;
        long bestServed = long.MaxValue;
        foreach (WaiterState waiter in state.Waiters)
        {
            if (!seen.Add(waiter.Key!) || holders.GetValueOrDefault(waiter.Key!) >= StandingRule.MaxRunsOf(state, waiter.Key!) || LimitRules.IsPaused(state, waiter.Key!))
                continue;
            long served = state.Served.GetValueOrDefault(waiter.Key!);
            if (served < bestServed)
                (best, bestServed) = (waiter, served);
        }

        return best;
    }

    /// <summary>
    /// A run of the key comes. The odd numbers between the turns are of keys that have had none since they came: they count as served just before the latest, so
    /// that nobody who comes anew and anew is always first.
    /// </summary>
    public static GateState Join(GateState state, string key) =>
        state.Served.ContainsKey(key) ? state : state with { Served = state.Served.Add(key, TurnOf(state.LastToken) - 1) };

    /// <summary>The key has a turn: it goes to the back, or stays in its place until it has had as many as its weight.</summary>
    public static GateState Take(GateState state, string key, long token)
    {
        int taken = (state.TurnsTaken?.GetValueOrDefault(key) ?? 0) + 1;
        if (taken < StandingRule.WeightOf(state, key))
            return state with { TurnsTaken = (state.TurnsTaken ?? ImmutableDictionary<string, int>.Empty).SetItem(key, taken) };
        return state with { Served = state.Served.SetItem(key, TurnOf(token)), TurnsTaken = Without(state.TurnsTaken, [key]) };
    }

    /// <summary>A key that has no runs here has no turn to wait for.</summary>
    public static GateState ForgetIdleKeys(GateState state)
    {
        HashSet<string> idle = [.. state.Served.Keys];
        idle.ExceptWith(state.Holders.Select(holder => holder.Key ?? ""));
        foreach (WaiterState waiter in state.Waiters)
        {
            // A key that waits is seen early in the line, more often than not.
            if (idle.Count == 0)
                return state;
            idle.Remove(waiter.Key ?? "");
        }

        return idle.Count == 0 ? state : state with
        {
            Served = state.Served.RemoveRange(idle),
            KeyLimits = state.KeyLimits.RemoveRange(idle),
            TurnsTaken = Without(state.TurnsTaken, idle),
        };
    }

    /// <summary>When a key had its turn, by its latest fencing token.</summary>
    private static long TurnOf(long token) => 2 * token;

    private static ImmutableDictionary<string, int>? Without(ImmutableDictionary<string, int>? taken, IEnumerable<string> keys) =>
        taken?.RemoveRange(keys) is { Count: > 0 } left ? left : null;
}
