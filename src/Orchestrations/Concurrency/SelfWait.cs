using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// A run that another has called, at a gate of which that other holds a slot: the caller waits for the run, so the run must not wait for its
/// caller, nor take its place. Pure, as <see cref="GateRules"/>.
/// </summary>
internal static class SelfWait
{
    /// <summary>Finds the caller for which the asker would wait for ever, or which it would stop and so be stopped itself.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The asker.</param>
    /// <returns>The caller, as the gate knows it; null where the asker may stay.</returns>
    public static string? Find(GateState state, EnterRequest request)
    {
        if (request.Callers.IsEmpty)
            return null;
        return request.Gate.Rule.Strategy == ConcurrencyStrategy.CancelInProgress ? FindInTheWay(state, request) : FindWaited(state, request);
    }

    /// <summary>Keeps in mind which holders wait for the asker, and forgets those that wait no longer.</summary>
    public static GateState Note(GateState state, EnterRequest request)
    {
        if (state.Callers.IsEmpty && request.Callers.IsEmpty)
            return state;
        ImmutableArray<CallerState> known = [.. Waiting(state)];
        bool waits = !request.Callers.IsEmpty && state.Waiters.Any(waiter => waiter.Age.RunId == request.Age.RunId);
        ImmutableArray<CallerState> own = waits
            ?
            [
                .. state.Holders.Select(holder => holder.Age.RunId)
                    .Where(request.Callers.Contains)
                    .Select(caller => new CallerState(caller, request.Age.RunId))
                    .Except(known),
            ]
            : [];
        return state with { Callers = known.AddRange(own) };
    }

    /// <summary>Every slot that the asker could get is held by somebody who waits for it, or for another who waits here: none would ever be free.</summary>
    private static string? FindWaited(GateState state, EnterRequest request)
    {
        HashSet<string> blocked = [.. request.Callers, .. Waiting(state).Select(known => known.Caller)];
        ImmutableArray<HolderState> waited = state.Holders.RemoveAll(holder => !blocked.Contains(holder.Age.RunId));
        return GateRules.HasSlot(waited, request.Gate) ? null : CallerAmong(waited.Select(holder => holder.Age.RunId), request);
    }

    /// <summary>With CancelInProgress: a caller that would have to make room for the asker.</summary>
    private static string? FindInTheWay(GateState state, EnterRequest request)
    {
        RunAge[] wanted =
        [
            .. GateRules.Wanted(state)
                .Where(age => age.RunId != request.Age.RunId)
                .Append(request.Age)
                .Order(),
        ];
        int surplus = int.Max(0, wanted.Length - request.Gate.Rule.MaxRuns);
        return CallerAmong(wanted.Take(surplus).Select(age => age.RunId), request);
    }

    /// <summary>The nearest of its callers; null where none of those is one.</summary>
    private static string? CallerAmong(IEnumerable<string> runIds, EnterRequest request) =>
        request.Callers.Intersect(runIds).LastOrDefault();

    private static IEnumerable<CallerState> Waiting(GateState state)
    {
        if (state.Callers.IsEmpty)
            return [];
        HashSet<string> waiters = [.. state.Waiters.Select(waiter => waiter.Age.RunId)];
        return state.Callers.Where(known => waiters.Contains(known.Waiter));
    }
}
