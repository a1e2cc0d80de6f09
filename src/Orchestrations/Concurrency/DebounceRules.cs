using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// The decisions of a gate whose rule waits until a key is quiet, pure, as <see cref="GateRules"/>. One run of the key waits, the newest; it supersedes
/// the one that has waited before it, and starts when no newer one has come for the quiet time, or when the longest time is over since the first of them came. As at a
/// throttle, the run that waits is told when to ask again, and holds nothing once it has started.
/// </summary>
internal static class DebounceRules
{
    /// <summary>Decides on a run that asks to start.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The run, and the rule as it knows it.</param>
    /// <param name="now">The time by the gate's clock, UTC.</param>
    /// <returns>What the gate remembers next, and its answer.</returns>
    public static (GateState State, GateReply Reply) Enter(GateState state, EnterRequest request, DateTimeOffset now)
    {
        string self = request.Age.RunId;
        ImmutableArray<GateStop> stops = [];
        if (StartLog.Find(state, self) is null)
            state = StartIfDue(state, self, now);
        GateReply? reply = StartLog.Find(state, self) is { } started ? new GateReply(GateVerdict.Admitted) { Token = started.Token } : null;
        if (reply is null && state.Waiters.All(waiter => waiter.Age.RunId != self))
        {
            reply = Refuse(state, request);
            if (reply is null)
            {
                // Should this be lost, the one that was superseded asks when its own time has come.
                stops = [.. state.Waiters.Select(before => new GateStop(before.Age.RunId, self, HasLeft: true))];
                state = Begin(state, StandingRule.Apply(state, request), now);
            }
        }

        reply ??= new GateReply(GateVerdict.Wait) { Pause = LimitRules.IsPaused(state) ? StartPause.Longest : StartPause.Until(state.Debounce!.DueAt, now) };
        return (state, reply with { Stops = stops, Admissions = StartLog.ToTell(state, self) });
    }

    /// <summary>Strikes off runs that wait no longer. Whom they have superseded stays superseded.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The runs.</param>
    /// <returns>The gate's next state, and the runs to tell that they start.</returns>
    public static (GateState State, ImmutableArray<GateAdmission> Admissions) Leave(GateState state, LeaveRequest request)
    {
        if (state.Waiters.Any(waiter => request.RunIds.Contains(waiter.Age.RunId)))
        {
            state = state with
            {
                Waiters = [],
                Debounce = null,
                Newest = request.Returns ? state.Newest.RemoveAll(seen => request.RunIds.Contains(seen.RunId)) : state.Newest,
            };
        }

        return (state, StartLog.ToTell(state, request.By));
    }

    /// <summary>Has the run start that waits, if its time has come, because it may again.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="asker">Who tells it.</param>
    /// <param name="now">The time by the gate's clock, UTC.</param>
    /// <returns>The gate's next state, and the run to tell that it starts, or is to ask again.</returns>
    public static (GateState State, ImmutableArray<GateAdmission> Admissions) StartWhoMay(GateState state, string asker, DateTimeOffset now)
    {
        long before = state.LastToken;
        state = StartIfDue(state, asker, now);
        ImmutableArray<GateAdmission> told = [.. StartLog.ToTell(state, asker).Where(start => start.Token > before)];
        return (state, state.Waiters is [var waiter] && !LimitRules.IsPaused(state)
            ? told.Add(new GateAdmission(waiter.Age.RunId, Token: 0, OthersWait: false, AsksAgain: true))
            : told);
    }

    /// <summary>When the run that waits starts if no other comes, UTC; null if none waits.</summary>
    public static DateTimeOffset? StartOf(GateState state) => state.Debounce?.DueAt;

    /// <summary>Has the run that waits start if its time has come. A clock that was ahead does not hold it up: it waits no longer than the rule says.</summary>
    private static GateState StartIfDue(GateState state, string asker, DateTimeOffset now)
    {
        if (state.Debounce is not { } debounce)
            return state;
        Debounce rule = state.Rule!.Debounce!;
        DebounceState tame = new(Earlier(debounce.FirstAt, now), Earlier(debounce.DueAt, now + rule.Quiet.Value));
        if (tame != debounce)
            state = state with { Debounce = debounce = tame };
        if (debounce.DueAt > now || LimitRules.IsPaused(state))
            return state;
        return StartLog.Start(state, count: 1, asker, mostAtOnce: 1) with { Debounce = null };
    }

    /// <summary>The answer to a run that is older than one that has been here, or has been here itself; null to one that may wait.</summary>
    private static GateReply? Refuse(GateState state, EnterRequest request)
    {
        if (state.Newest is not [var newest, ..])
            return null;
        if (newest.RunId == request.Age.RunId)
            return new GateReply(GateVerdict.Gone) { HasBeenHere = true };
        return newest > request.Age ? new GateReply(GateVerdict.Superseded) { SupersededBy = newest.RunId } : null;
    }

    /// <summary>The run waits from now on, in the place of the one before it.</summary>
    private static GateState Begin(GateState state, EnterRequest request, DateTimeOffset now)
    {
        Debounce rule = request.Gate.Rule.Debounce!;
        DateTimeOffset firstAt = state.Debounce?.FirstAt ?? now;
        return StandingRule.Note(state, request) with
        {
            Key = request.Gate.Key,
            Waiters = [new WaiterState(request.Age, request.Priority, Workflow: request.Workflow)],
            Newest = [request.Age],
            Started = state.Started ?? [],
            Debounce = new DebounceState(firstAt, Earlier(now + rule.Quiet.Value, firstAt + rule.AtMost.Value)),
        };
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
