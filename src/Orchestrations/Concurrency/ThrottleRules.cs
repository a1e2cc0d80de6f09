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
    /// <summary>The latest starts that are remembered, if the burst is not larger.</summary>
    private const int MaxStarted = 100;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

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
        if (Find(state, self) is { } started)
            return (state, new GateReply(GateVerdict.Admitted) { Token = started.Token, Admissions = TellAgain(state, self) });
        request = StandingRule.Apply(state, request);
        state = Tame(state, request.Gate.Rule, now);
        if (state.Waiters.All(waiter => waiter.Age.RunId != self))
        {
            if (state.Left.Contains(GateState.MarkOf(self)))
                return (state, new GateReply(GateVerdict.Gone) { HasBeenHere = true });
            if (IsTurnedAway(state, request, now))
                return (state, new GateReply(GateVerdict.QueueFull) { Pause = Until(state, request.Gate.Rule, state.Waiters.Length, now) });
            state = StandingRule.Note(state, request) with
            {
                Key = request.Gate.Key,
                Waiters = GateRules.Insert(state.Waiters, new WaiterState(request.Age, request.Priority)),
            };
        }

        (state, ImmutableArray<GateAdmission> admissions) = Start(state, self, now);
        if (Find(state, self) is { } own)
        {
            admissions = admissions.RemoveAll(admission => admission.RunId == self);
            return Answer(state, self, new GateReply(GateVerdict.Admitted) { Token = own.Token }, admissions, now);
        }

        (state, GateReply reply) = Wait(state, self, now);
        return Answer(state, self, reply, admissions, now);
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
            return (state, TellAgain(state, request.By));
        state = Tame(state, state.Rule!, now) with
        {
            Waiters = left,
            Left = request.Returns ? state.Left : GateRules.Remember(state.Left, request.RunIds),
        };
        (state, ImmutableArray<GateAdmission> admissions) = Start(state, request.By, now);
        return (state, Told(state, request.By, admissions, now));
    }

    /// <summary>Whether a start is in the books. One that is older than those that are remembered counts as written.</summary>
    public static bool HasStarted(GateState state, string holder, long token) =>
        state.Throttle is { Started: [var oldest, ..] started }
        && (token < oldest.Token || started.Any(known => known.RunId == holder && known.Token == token));

    /// <summary>When a run could start that has so many before it, UTC; in the past if it could have started.</summary>
    public static DateTimeOffset StartOf(GateState state, ConcurrencyRule rule, int ahead) =>
        (state.Throttle?.Spent ?? DateTimeOffset.UnixEpoch) - InAdvance(rule) + PartOf(rule) * ahead;

    /// <summary>What one start uses up of the rate.</summary>
    private static TimeSpan PartOf(ConcurrencyRule rule) => rule.Rate!.Per.Value / rule.Rate.Starts;

    /// <summary>How much of the rate may be used up in advance: one start less than the burst, which is the one that is due.</summary>
    private static TimeSpan InAdvance(ConcurrencyRule rule) => PartOf(rule) * (rule.MaxRuns - 1);

    private static StartedState? Find(GateState state, string runId) => state.Throttle?.Started.LastOrDefault(started => started.RunId == runId);

    /// <summary>
    /// No right clock can have used up more than the burst: what exceeds it was left by a clock that was ahead, or by a rule that allowed less, and
    /// would hold everybody up.
    /// </summary>
    private static GateState Tame(GateState state, ConcurrencyRule rule, DateTimeOffset now)
    {
        ThrottleState throttle = state.Throttle ?? new ThrottleState(DateTimeOffset.UnixEpoch, []);
        DateTimeOffset most = now + PartOf(rule) * rule.MaxRuns + ClockTolerance;
        return state with { Throttle = throttle.Spent > most ? throttle with { Spent = most } : throttle };
    }

    private static bool IsTurnedAway(GateState state, EnterRequest request, DateTimeOffset now)
    {
        ConcurrencyRule rule = request.Gate.Rule;
        bool startsAtOnce = state.Waiters.IsEmpty && StartOf(state, rule, ahead: 0) <= now;
        return !startsAtOnce && !request.Returns && (rule.Strategy == ConcurrencyStrategy.CancelNewest || state.Waiters.Length >= rule.MaxQueued);
    }

    /// <summary>Has those start, in their order, whose time has come.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="asker">The run whose question this is; it tells the others.</param>
    /// <param name="now">The time by the gate's clock, UTC.</param>
    private static (GateState State, ImmutableArray<GateAdmission> Admissions) Start(GateState state, string asker, DateTimeOffset now)
    {
        ConcurrencyRule rule = state.Rule!;
        DateTimeOffset spent = state.Throttle!.Spent;
        int count = 0;
        for (; count < state.Waiters.Length && spent <= now + InAdvance(rule); count++)
            spent = (spent > now ? spent : now) + PartOf(rule);
        if (count == 0)
            return (state, []);
        StartedState[] starting =
        [
            .. state.Waiters.Take(count).Select((waiter, index) => new StartedState(
                waiter.Age.RunId, state.LastToken + 1 + index, waiter.Age.RunId == asker ? null : asker)),
        ];
        ImmutableArray<StartedState> started = state.Throttle.Started.AddRange(starting);
        int most = Math.Max(MaxStarted, rule.MaxRuns);
        state = state with
        {
            LastToken = state.LastToken + count,
            Waiters = state.Waiters.RemoveRange(0, count),
            Throttle = new ThrottleState(spent, started.Length <= most ? started : started[^most..]),
        };
        return (state, [.. starting.Select(start => new GateAdmission(start.RunId, start.Token, OthersWait: false))]);
    }

    private static (GateState State, GateReply Reply) Wait(GateState state, string self, DateTimeOffset now)
    {
        int ahead = state.Waiters.TakeWhile(waiter => waiter.Age.RunId != self).Count();
        TimeSpan pause = Until(state, state.Rule!, ahead, now);
        state = state with { Waiters = state.Waiters.SetItem(ahead, state.Waiters[ahead] with { AsksAt = now + pause }) };
        return (state, new GateReply(GateVerdict.Wait) { Ahead = ahead, Pause = pause });
    }

    private static TimeSpan Until(GateState state, ConcurrencyRule rule, int ahead, DateTimeOffset now)
    {
        TimeSpan pause = StartOf(state, rule, ahead) - now;
        return pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
    }

    private static (GateState State, GateReply Reply) Answer(
        GateState state, string self, GateReply reply, ImmutableArray<GateAdmission> admissions, DateTimeOffset now) =>
        (state, reply with { Admissions = Told(state, self, admissions, now) });

    /// <summary>Whom a run is to tell something: those who start now, those it was to tell before, and the first in line if it would ask too late.</summary>
    private static ImmutableArray<GateAdmission> Told(GateState state, string asker, ImmutableArray<GateAdmission> now, DateTimeOffset at)
    {
        ImmutableArray<GateAdmission> told = [.. now.UnionBy(TellAgain(state, asker), admission => admission.RunId)];
        if (state.Waiters is not [{ AsksAt: { } asksAt } first, ..] || first.Age.RunId == asker)
            return told;
        TimeSpan slack = PartOf(state.Rule!) / 2;
        bool isLate = asksAt > at && asksAt - StartOf(state, state.Rule!, ahead: 0) > (slack > Unhurried ? slack : Unhurried);
        return isLate ? told.Add(new GateAdmission(first.Age.RunId, Token: 0, OthersWait: true, AsksAgain: true)) : told;
    }

    private static ImmutableArray<GateAdmission> TellAgain(GateState state, string asker) =>
    [
        .. (state.Throttle?.Started ?? []).Where(started => started.ToldBy == asker)
            .Select(started => new GateAdmission(started.RunId, started.Token, OthersWait: false)),
    ];
}
