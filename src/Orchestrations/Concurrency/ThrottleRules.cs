using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// The decisions of a gate whose rule has a rate, pure, as <see cref="GateRules"/>. Each start uses up an equal part of the rate, of length
/// <c>Per / Starts</c>, and a run may start when no more than the burst is used up in advance (the generic cell rate algorithm). A run holds
/// nothing, so it has nothing to leave once it has started.
/// </summary>
/// <remarks>
/// No entity has to wake up: who waits is told when to ask again, which is when it could start if nothing changed. Whoever asks has all those start
/// whose time has come, and tells them. If one gives up, those behind it move up; then the first in line is told to ask again sooner.
/// </remarks>
internal static class ThrottleRules
{
    /// <summary>How far the clocks of hosts may be apart, so that the gate lets no more start when it moves from one to another.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(10);

    /// <summary>A first in line that asks no later than this after its time is not disturbed.</summary>
    private static readonly TimeSpan Unhurried = TimeSpan.FromMilliseconds(100);

    /// <summary>Decides on a run that asks to start.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The run, and the rule as it knows it.</param>
    /// <param name="now">The time by the gate's clock, UTC.</param>
    /// <returns>What the gate remembers next, and its answer.</returns>
    public static (GateState State, GateReply Reply) Enter(GateState state, EnterRequest request, DateTimeOffset now)
    {
        string self = request.Age.RunId;
        if (StartLog.Find(state, self) is { } started)
            return (state, new GateReply(GateVerdict.Admitted) { Token = started.Token, Admissions = Told(state, self, now) });
        EnterRequest code = StandingRule.Apply(state, request);
        request = LimitRules.Apply(state, code);
        state = Tame(state, request.Gate.Rule, now);
        if (state.Waiters.All(waiter => waiter.Age.RunId != self))
        {
            if (state.Left.Contains(GateState.MarkOf(self)))
                return (state, new GateReply(GateVerdict.Gone) { HasBeenHere = true });
            // All that wait may be dead, and then nobody else has those start whose time has come.
            state = Start(state, self, now);
            if (IsTurnedAway(state, request, now))
                return (state, TurnAway(state, request) with { Admissions = Told(state, self, now) });
            state = StandingRule.Note(state, code) with
            {
                Key = request.Gate.Key,
                Waiters = GateRules.Insert(state.Waiters, new WaiterState(request.Age, request.Priority, Workflow: request.Workflow)),
            };
        }

        state = Start(state, self, now);
        GateReply reply;
        if (StartLog.Find(state, self) is { } own)
            reply = new GateReply(GateVerdict.Admitted) { Token = own.Token };
        else
            (state, reply) = Wait(state, self, now);
        return (state, reply with { Admissions = Told(state, self, now) });
    }

    /// <summary>Strikes off runs that wait no longer.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The runs.</param>
    /// <param name="now">The time by the gate's clock, UTC.</param>
    /// <returns>The gate's next state, and the runs to tell that they start, or are to ask again.</returns>
    public static (GateState State, ImmutableArray<GateAdmission> Admissions) Leave(GateState state, LeaveRequest request, DateTimeOffset now)
    {
        ImmutableArray<WaiterState> left = [.. state.Waiters.Where(waiter => !request.RunIds.Contains(waiter.Age.RunId))];
        if (left.Length == state.Waiters.Length)
            return (state, StartLog.ToTell(state, request.By));
        state = Tame(state, state.Rule!, now) with
        {
            Waiters = left,
            Left = request.Returns ? state.Left : GateRules.Remember(state.Left, request.RunIds),
        };
        state = Start(state, request.By, now);
        return (state, Told(state, request.By, now));
    }

    /// <summary>Has those start whose time has come, because more may start than before.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="asker">Who tells them.</param>
    /// <param name="now">The time by the gate's clock, UTC.</param>
    /// <returns>The gate's next state, and the runs to tell that they start now, or are to ask again.</returns>
    public static (GateState State, ImmutableArray<GateAdmission> Admissions) StartWhoMay(GateState state, string asker, DateTimeOffset now)
    {
        long before = state.LastToken;
        state = Start(Tame(state, state.Rule!, now), asker, now);
        return (state, Told(state, asker, now).RemoveAll(told => !told.AsksAgain && told.Token <= before));
    }

    /// <summary>When a run could start that has so many before it, UTC; in the past if it could have started.</summary>
    public static DateTimeOffset StartOf(GateState state, ConcurrencyRule rule, int ahead) =>
        (state.Spent ?? DateTimeOffset.UnixEpoch) - InAdvance(rule) + PartOf(rule) * ahead;

    /// <summary>What one start uses up of the rate.</summary>
    private static TimeSpan PartOf(ConcurrencyRule rule) => rule.Rate!.Per.Value / rule.Rate.Starts;

    /// <summary>How much of the rate may be used up in advance: one start less than the burst, which is the one that is due.</summary>
    private static TimeSpan InAdvance(ConcurrencyRule rule) => PartOf(rule) * (rule.MaxRuns - 1);

    /// <summary>
    /// No right clock can have used up more than the burst: what exceeds it was left by a clock that was ahead, or by a rule that allowed less, and
    /// would hold everybody up.
    /// </summary>
    private static GateState Tame(GateState state, ConcurrencyRule rule, DateTimeOffset now)
    {
        DateTimeOffset most = now + PartOf(rule) * rule.MaxRuns + ClockTolerance;
        return state.Spent switch
        {
            null => state with { Started = [], Spent = DateTimeOffset.UnixEpoch },
            { } spent when spent > most => state with { Spent = most },
            _ => state,
        };
    }

    private static bool IsTurnedAway(GateState state, EnterRequest request, DateTimeOffset now)
    {
        ConcurrencyRule rule = request.Gate.Rule;
        bool startsAtOnce = !LimitRules.IsPaused(state) && state.Waiters.IsEmpty && StartOf(state, rule, ahead: 0) <= now;
        return !startsAtOnce && !request.Returns && (rule.Strategy == ConcurrencyStrategy.CancelNewest || state.Waiters.Length >= rule.MaxQueued);
    }

    private static GateReply TurnAway(GateState state, EnterRequest request) => LimitRules.IsPaused(state)
        ? new GateReply(GateVerdict.QueueFull) { IsPaused = true }
        : new GateReply(GateVerdict.QueueFull) { RetryAt = StartOf(state, request.Gate.Rule, state.Waiters.Length) };

    /// <summary>Has those start, in their order, whose time has come.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="asker">The run whose question this is; it tells the others.</param>
    /// <param name="now">The time by the gate's clock, UTC.</param>
    private static GateState Start(GateState state, string asker, DateTimeOffset now)
    {
        if (LimitRules.IsPaused(state))
            return state;
        ConcurrencyRule rule = state.Rule!;
        DateTimeOffset spent = state.Spent!.Value;
        int count = 0;
        for (; count < state.Waiters.Length && spent <= now + InAdvance(rule); count++)
            spent = (spent > now ? spent : now) + PartOf(rule);
        if (count == 0)
            return state;
        return StartLog.Start(state with { Spent = spent }, count, asker, rule.MaxRuns);
    }

    private static (GateState State, GateReply Reply) Wait(GateState state, string self, DateTimeOffset now)
    {
        int ahead = state.Waiters.TakeWhile(waiter => waiter.Age.RunId != self).Count();
        TimeSpan pause = LimitRules.IsPaused(state) ? StartPause.Longest : StartPause.Until(StartOf(state, state.Rule!, ahead), now);
        state = state with { Waiters = state.Waiters.SetItem(ahead, state.Waiters[ahead] with { AsksAt = now + pause }) };
        return (state, new GateReply(GateVerdict.Wait) { Ahead = ahead, Pause = pause });
    }

    /// <summary>Whom a run is to tell something: those who start, and the first in line if it would ask too late.</summary>
    private static ImmutableArray<GateAdmission> Told(GateState state, string asker, DateTimeOffset now)
    {
        ImmutableArray<GateAdmission> told = StartLog.ToTell(state, asker);
        if (state.Waiters is not [{ AsksAt: { } asksAt } first, ..] || first.Age.RunId == asker || LimitRules.IsPaused(state))
            return told;
        TimeSpan slack = PartOf(state.Rule!) / 2;
        bool isLate = asksAt > now && asksAt - StartOf(state, state.Rule!, ahead: 0) > (slack > Unhurried ? slack : Unhurried);
        return isLate ? told.Add(new GateAdmission(first.Age.RunId, Token: 0, OthersWait: true, AsksAgain: true)) : told;
    }
}
