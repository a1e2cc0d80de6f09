using System.Collections.Immutable;
using System.Globalization;

namespace Preempt;

/// <summary>Puts into words what stands between a run and its slot at one gate.</summary>
internal static class GateExplainer
{
    public static bool Holds(string self, GateState state) =>
        state.Holders.Any(holder => holder.Age.RunId == self) || StartLog.Find(state, self) is not null;

    /// <summary>Nothing of a gate that the run holds.</summary>
    /// <param name="self">The run, as gates know it.</param>
    /// <param name="gate">The gate, as the run knows it.</param>
    /// <param name="state">What the gate remembers.</param>
    public static IEnumerable<string> Explain(string self, RunGate gate, GateState state)
    {
        if (Holds(self, state))
            yield break;
        ConcurrencyRule rule = gate.Rule;
        int index = state.Waiters.ToList().FindIndex(waiter => waiter.Age.RunId == self);
        if (index < 0)
        {
            yield return $"It is on its way to the gate of {Named(gate)}.";
            yield break;
        }

        if (LimitRules.IsPaused(state, gate.Key))
        {
            yield return $"It waits at the gate of {Named(gate)}, which is paused: no run starts there until it is resumed.";
            yield return Place(self, gate, state, index);
            yield break;
        }

        rule = state.Limits?.Apply(rule, gate.Key) ?? rule;
        if (rule.Rate is { } rate)
        {
            yield return $"It waits for its time to start: {rate} are allowed for {Named(gate)}.";
            yield return Place(self, gate, state, index);
            yield return $"It can start at {ThrottleRules.StartOf(state, state.Rule ?? rule, index):yyyy-MM-dd HH:mm:ss} UTC, if no run of a higher priority comes.";
            yield break;
        }

        if (rule.Debounce is { } debounce)
        {
            yield return $"It waits until no newer run of {Named(gate)} comes: it starts {debounce}.";
            if (DebounceRules.StartOf(state) is { } start)
                yield return $"It starts at {start:yyyy-MM-dd HH:mm:ss} UTC, if no newer run comes; a newer run would supersede it.";
            yield break;
        }

        yield return $"It waits at the gate of {Named(gate)}, where {RunExplainer.Count(StandingRule.MaxRunsOf(state, gate.Key), "run", "runs")} may run at one time.";
        yield return Place(self, gate, state, index);
        ImmutableArray<HolderState> holders = gate.Rule.Strategy == ConcurrencyStrategy.RoundRobin
            ? state.Holders.RemoveAll(holder => holder.Key != gate.Key)
            : state.Holders;
        if (holders.Length > 0)
            yield return $"Held by {RunExplainer.Names(holders.Select(Shown), holders.Length)}.";
        ImmutableArray<HolderState> leaving = holders.RemoveAll(holder => holder.SupersededBy is null);
        if (leaving.Length > 0)
            yield return $"{RunExplainer.Names(leaving.Select(Shown), leaving.Length)} was asked to stop for a newer run, and must end within its grace.";
        yield return Next(rule, index, leaving.Length);
    }

    private static string Shown(HolderState holder)
    {
        HolderId id = HolderId.Parse(holder.Age.RunId);
        return holder.Workflow is { } workflow ? $"{id.Shown} (a {(id.Step is null ? "run" : "step")} of {workflow})" : id.Shown;
    }

    private static string Named(RunGate gate)
    {
        string rule = gate.Rule.Name is { } name ? $"shared rule {name}" : $"rule {gate.Rule.Key}";
        return $"key \"{Excerpt.Shorten(gate.Key, 100)}\" ({rule}, {gate.Rule.Strategy})";
    }

    private static string Place(string self, RunGate gate, GateState state, int index)
    {
        if (gate.Rule.Strategy != ConcurrencyStrategy.RoundRobin)
            return index == 0 && state.Waiters.Length == 1 ? "No other run waits." : $"It is number {Number(index + 1)} of {Number(state.Waiters.Length)} in line.";
        List<WaiterState> own = [.. state.Waiters.Where(waiter => waiter.Key == gate.Key)];
        int place = own.FindIndex(waiter => waiter.Age.RunId == self) + 1;
        int keys = state.Waiters.Select(waiter => waiter.Key).Distinct().Count();
        return $"It is number {Number(place)} of {Number(own.Count)} in the line of its key; {RunExplainer.Count(keys, "key takes", "keys take")} turns, "
            + $"with {Number(state.Holders.Length)} of {Number(gate.Rule.MaxTotal)} slots taken in all.";
    }

    private static string Next(ConcurrencyRule rule, int index, int leaving) => rule.Strategy switch
    {
        ConcurrencyStrategy.RoundRobin => "It starts when it is its key's turn and it is the first of its key.",
        ConcurrencyStrategy.CancelInProgress when leaving > 0 => "It starts when the run before it has ended.",
        ConcurrencyStrategy.CancelInProgress => "It starts when a slot is free; a newer run would supersede it.",
        _ => index == 0 ? "It starts when the next run there ends." : $"It starts when {Number(index + 1)} more runs there have ended.",
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
