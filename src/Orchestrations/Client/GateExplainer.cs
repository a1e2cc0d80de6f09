using System.Collections.Immutable;
using System.Globalization;

namespace Preempt;

/// <summary>Puts into words what stands between a run and its slot at one gate.</summary>
internal static class GateExplainer
{
    public static bool Holds(string runId, GateState state) => state.Holders.Any(holder => holder.Age.RunId == runId);

    /// <summary>Nothing of a gate that the run holds.</summary>
    public static IEnumerable<string> Explain(string runId, RunGate gate, GateState state)
    {
        if (Holds(runId, state))
            yield break;
        ConcurrencyRule rule = gate.Rule;
        int index = state.Waiters.ToList().FindIndex(waiter => waiter.Age.RunId == runId);
        if (index < 0)
        {
            yield return $"It is on its way to the gate of {Named(gate)}.";
            yield break;
        }

        yield return $"It waits at the gate of {Named(gate)}, where {RunExplainer.Count(rule.MaxRuns, "run", "runs")} may run at one time.";
        yield return Place(runId, gate, state, index);
        ImmutableArray<HolderState> holders = gate.Rule.Strategy == ConcurrencyStrategy.RoundRobin
            ? state.Holders.RemoveAll(holder => holder.Key != gate.Key)
            : state.Holders;
        if (holders.Length > 0)
            yield return $"Held by {RunExplainer.Names(holders.Select(holder => holder.Age.RunId), holders.Length)}.";
        ImmutableArray<HolderState> leaving = holders.RemoveAll(holder => holder.SupersededBy is null);
        if (leaving.Length > 0)
            yield return $"{RunExplainer.Names(leaving.Select(holder => holder.Age.RunId), leaving.Length)} was told to stop for a newer run, and has its grace to end.";
        yield return Next(rule, index, leaving.Length);
    }

    private static string Named(RunGate gate) => $"key \"{Excerpt.Shorten(gate.Key, 100)}\" (rule {gate.Rule.Key}, {gate.Rule.Strategy})";

    private static string Place(string runId, RunGate gate, GateState state, int index)
    {
        if (gate.Rule.Strategy != ConcurrencyStrategy.RoundRobin)
            return index == 0 && state.Waiters.Length == 1 ? "Nobody else waits." : $"It is number {Number(index + 1)} of {Number(state.Waiters.Length)} in line.";
        List<WaiterState> own = [.. state.Waiters.Where(waiter => waiter.Key == gate.Key)];
        int place = own.FindIndex(waiter => waiter.Age.RunId == runId) + 1;
        int keys = state.Waiters.Select(waiter => waiter.Key).Distinct().Count();
        return $"It is number {Number(place)} of {Number(own.Count)} in the line of its key; {RunExplainer.Count(keys, "key takes", "keys take")} turns, "
            + $"with {Number(state.Holders.Length)} of {Number(gate.Rule.MaxTotal)} slots taken in all.";
    }

    private static string Next(ConcurrencyRule rule, int index, int leaving) => rule.Strategy switch
    {
        ConcurrencyStrategy.RoundRobin => "It starts when its key's turn comes and it is first in its line.",
        ConcurrencyStrategy.CancelInProgress when leaving > 0 => "It starts when the run before it has ended.",
        ConcurrencyStrategy.CancelInProgress => "It starts when a slot is free; a newer run would take its place.",
        _ => index == 0 ? "It starts when the next run there ends." : $"It starts when {Number(index + 1)} more runs there have ended.",
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
