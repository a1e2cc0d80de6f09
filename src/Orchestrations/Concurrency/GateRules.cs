using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// A gate's decisions, pure: from what it remembers and what it is asked, to what it remembers next and what it answers. Every
/// operation may be repeated or come late without harm.
/// </summary>
internal static class GateRules
{
    /// <summary>How often somebody who waits is asked to look whether the runs here still live.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(15);

    /// <summary>Of the runs that wait before the asker, those that one look takes in at most; of the holders it takes in all.</summary>
    private const int MaxWaitingSuspects = 50;

    /// <summary>How far ahead of the gate's clock another may be before it is taken to be wrong.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    /// <summary>For how long a run that was struck off is told again; one that has not heard of it by then has ended in some other way.</summary>
    private static readonly TimeSpan LongestEviction = TimeSpan.FromHours(1);

    /// <summary>Decides on a run that asks to be admitted. What an earlier answer to it asked for is asked for again.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The run, and the rule as it knows it.</param>
    /// <param name="now">The time by the gate's clock, UTC.</param>
    /// <returns>What the gate remembers next, and its answer.</returns>
    public static (GateState State, GateReply Reply) Enter(GateState state, EnterRequest request, DateTimeOffset now)
    {
        (state, request) = Tame(state, request, now);
        if (request.Gate.Rule.Rate is not null)
            return ThrottleRules.Enter(state, request, now);
        if (request.Gate.Rule.Debounce is not null)
            return DebounceRules.Enter(state, request, now);
        (state, GateReply reply) = Decide(state, request, now);
        state = SelfWait.Note(state, request);
        return (state, reply with
        {
            Stops = [.. reply.Stops.UnionBy(
                ToTellAgain(state.Evicted, now)
                    .Select(evicted => new GateStop(evicted.RunId, evicted.SupersededBy, HasLeft: true)),
                stop => stop.RunId)],
            Admissions = Told(state, request.Age.RunId, reply.Admissions),
        });
    }

    /// <summary>
    /// A clock that is ahead must not make a run the newest for good: an acceptance in the gate's future is taken for one of now, and what such a
    /// clock has left in the books for older than what comes.
    /// </summary>
    private static (GateState State, EnterRequest Request) Tame(GateState state, EnterRequest request, DateTimeOffset now)
    {
        DateTimeOffset limit = now + ClockTolerance;
        if (request.Age.QueuedAt > limit)
            request = request with { Age = request.Age with { QueuedAt = now } };
        state = StandingRule.Tame(state, limit);
        RunAge[] ahead =
        [
            .. state.Holders.Select(holder => holder.Age)
                .Concat(state.Waiters.Select(waiter => waiter.Age))
                .Concat(state.Newest)
                .Where(age => age.QueuedAt > limit)
                .Distinct()
                .Order(),
        ];
        if (ahead.Length == 0)
            return (state, request);
        DateTimeOffset top = request.Age.QueuedAt < now ? request.Age.QueuedAt : now;
        Dictionary<RunAge, RunAge> tamed = ahead.Index().ToDictionary(
            entry => entry.Item, entry => entry.Item with { QueuedAt = top.AddTicks(entry.Index - ahead.Length) });
        RunAge Of(RunAge age) => tamed.GetValueOrDefault(age, age);
        return (state with
        {
            Holders = [.. state.Holders.Select(holder => holder with { Age = Of(holder.Age) })],
            Waiters = [.. state.Waiters.Select(waiter => waiter with { Age = Of(waiter.Age) }).Order()],
            Newest = [.. state.Newest.Select(Of).Order()],
        }, request);
    }

    /// <summary>Whom a run is to tell that they are admitted: those it is told of now, and those it was told of before.</summary>
    private static ImmutableArray<GateAdmission> Told(GateState state, string runId, ImmutableArray<GateAdmission> now)
    {
        bool othersWait = !state.Waiters.IsEmpty;
        return [.. now.UnionBy(
            state.Holders.Where(holder => holder.ToldBy == runId).Select(holder => new GateAdmission(holder.Age.RunId, holder.Token, othersWait)),
            admission => admission.RunId)];
    }

    private static (GateState State, GateReply Reply) Decide(GateState state, EnterRequest request, DateTimeOffset now)
    {
        string runId = request.Age.RunId;
        if (state.Holders.FirstOrDefault(holder => holder.Age.RunId == runId) is { } self)
            return (state, new GateReply(GateVerdict.Admitted) { Token = self.Token });
        EnterRequest code = StandingRule.Apply(state, request);
        request = LimitRules.Apply(state, code);
        WaiterState newcomer = new(
            request.Age,
            request.Priority,
            request.Gate.Rule.Strategy == ConcurrencyStrategy.RoundRobin ? request.Gate.Key : null,
            Workflow: request.Workflow);
        // By its id alone: a turn that happens again says another time.
        if (state.Waiters.FirstOrDefault(waiter => waiter.Age.RunId == runId) is { Age.RunId: not null } known)
        {
            return SelfWait.Find(state, request) is { } caller
                ? (Forget(state, runId), WaitsFor(caller))
                : AskAgain(state, request, known, now);
        }

        if (state.Evicted.FirstOrDefault(evicted => evicted.RunId == runId) is { } evicted)
            return (state, new GateReply(GateVerdict.Superseded) { SupersededBy = evicted.SupersededBy, HasBeenHere = true });
        if (state.Newest.Any(seen => seen.RunId == runId) || state.Left.Contains(GateState.MarkOf(runId)))
            return (state, new GateReply(GateVerdict.Gone) { HasBeenHere = true });

        ConcurrencyRule rule = request.Gate.Rule;
        if (Refuse(state, request) is { } refusal)
            return refusal.Verdict is GateVerdict.Full or GateVerdict.QueueFull ? Inspect(state, request, refusal, now) : (state, refusal);

        state = StandingRule.Note(state, code) with
        {
            Key = newcomer.Key is null ? request.Gate.Key : "",
            Waiters = Insert(state.Waiters, newcomer),
            Newest = rule.Strategy == ConcurrencyStrategy.CancelInProgress ? KeepNewest(state.Newest, request.Age, rule.MaxRuns) : [],
            CheckedAt = HasPatience(state, rule) ? now : state.CheckedAt,
        };
        if (newcomer.Key is { } key)
            state = TurnRules.Join(state, key);
        (state, ImmutableArray<GateStop> stops) = Supersede(state, request.Age, now);
        (state, ImmutableArray<GateAdmission> admissions) = Admit(state, runId);
        GateAdmission? own = admissions.FirstOrDefault(admission => admission.RunId == runId);
        GateReply reply = own is null ? Waits(state, newcomer) : new(GateVerdict.Admitted) { Token = own.Token };
        return (state, reply with { Stops = stops, Admissions = own is null ? admissions : admissions.Remove(own) });
    }

    /// <summary>Strikes off runs that have ended or wait no longer, and hands their slots on.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The runs.</param>
    /// <returns>The gate's next state, and the runs to tell that they are admitted, including those of an earlier reply to the same run.</returns>
    public static (GateState State, ImmutableArray<GateAdmission> Admissions) Leave(GateState state, LeaveRequest request)
    {
        ImmutableArray<string> runIds = request.RunIds;
        int healed = request.AreDead ? state.Holders.Count(holder => runIds.Contains(holder.Age.RunId)) : 0;
        (state, ImmutableArray<GateAdmission> admissions) = Admit(
            state with
            {
                Holders = state.Holders.RemoveAll(holder => runIds.Contains(holder.Age.RunId)),
                Waiters = state.Waiters.RemoveAll(waiter => runIds.Contains(waiter.Age.RunId)),
                Evicted = state.Evicted.RemoveAll(evicted => runIds.Contains(evicted.RunId)),
                Newest = request.Returns ? state.Newest.RemoveAll(seen => runIds.Contains(seen.RunId)) : state.Newest,
                Left = state.Rule?.Strategy is null or ConcurrencyStrategy.CancelInProgress ? []
                    : request.Returns ? state.Left
                    : Remember(state.Left, runIds),
                Healed = (int)Math.Min((long)state.Healed + healed, int.MaxValue),
            },
            request.By);
        return (state, Told(state, request.By, admissions));
    }

    /// <summary>The answer to a run that is turned away; null to one that may stay.</summary>
    private static GateReply? Refuse(GateState state, EnterRequest request)
    {
        ConcurrencyRule rule = request.Gate.Rule;
        if (SelfWait.Find(state, request) is { } caller)
            return WaitsFor(caller);
        switch (rule.Strategy)
        {
            case ConcurrencyStrategy.CancelInProgress:
                RunAge[] newer = [.. state.Newest.Where(seen => seen > request.Age)];
                return newer.Length >= rule.MaxRuns ? new GateReply(GateVerdict.Superseded) { SupersededBy = newer[0].RunId } : null;
            case ConcurrencyStrategy.CancelNewest:
                return MayStart(state, request.Gate) ? null : new GateReply(GateVerdict.Full) { MaxRuns = rule.MaxRuns, IsPaused = LimitRules.IsPaused(state, request.Gate.Key) };
            default:
                return IsLineFull(state, request) && !request.Returns ? new GateReply(GateVerdict.QueueFull) : null;
        }
    }

    /// <summary>Whether a new run would have to wait although the queue is full. A waiting run keeps its place, even if the new run has a higher priority.</summary>
    private static bool IsLineFull(GateState state, EnterRequest request)
    {
        ConcurrencyRule rule = request.Gate.Rule;
        if (MayStart(state, request.Gate))
            return false;
        return rule.Strategy == ConcurrencyStrategy.RoundRobin
            ? state.Waiters.Length >= rule.MaxQueuedTotal || state.Waiters.Count(waiter => waiter.Key == request.Gate.Key) >= rule.MaxQueued
            : state.Waiters.Length >= rule.MaxQueued;
    }

    private static bool MayStart(GateState state, RunGate gate) => HasSlot(state.Holders, gate) && !LimitRules.IsPaused(state, gate.Key);

    /// <summary>Whether these holders leave a slot for one more run of the key.</summary>
    internal static bool HasSlot(ImmutableArray<HolderState> holders, RunGate gate) => gate.Rule.Strategy == ConcurrencyStrategy.RoundRobin
        ? holders.Length < gate.Rule.MaxTotal && holders.Count(holder => holder.Key == gate.Key) < gate.Rule.MaxRuns
        : holders.Length < gate.Rule.MaxRuns;

    /// <summary>Strikes off one that waits, and keeps an echo of it out.</summary>
    private static GateState Forget(GateState state, string runId) => state with
    {
        Waiters = state.Waiters.RemoveAll(waiter => waiter.Age.RunId == runId),
        Left = Remember(state.Left, [runId]),
    };

    private static GateReply WaitsFor(string caller) => new(GateVerdict.WaitsForItself) { Caller = caller };

    /// <summary>
    /// A run that waits asks again, because time has passed. Stops that it waits for are repeated: they may have been lost.
    /// </summary>
    private static (GateState State, GateReply Reply) AskAgain(GateState state, EnterRequest request, WaiterState known, DateTimeOffset now)
    {
        GateReply reply = Waits(state, known) with
        {
            Stops = [.. state.Holders.Where(holder => holder.SupersededBy is not null)
                .Select(holder => new GateStop(holder.Age.RunId, holder.SupersededBy!, HasLeft: false))],
        };
        return Inspect(state, request, reply, now);
    }

    private static GateReply Waits(GateState state, WaiterState waiter) => new(GateVerdict.Wait) { Ahead = state.Waiters.BinarySearch(waiter) };

    /// <summary>
    /// Whether a newcomer need not fear that its slot has leaked: nobody has waited for one or, where nobody waits, nobody has one.
    /// </summary>
    private static bool HasPatience(GateState state, ConcurrencyRule rule) =>
        rule.Strategy == ConcurrencyStrategy.CancelNewest ? state.Holders.IsEmpty : state.Waiters.IsEmpty;

    /// <summary>Every so often the asker is sent to look whether those before it still live.</summary>
    private static (GateState State, GateReply Reply) Inspect(GateState state, EnterRequest request, GateReply reply, DateTimeOffset now)
    {
        // A time in the future was written by a clock that was wrong.
        if ((now - state.CheckedAt).Duration() < CheckInterval)
            return (state, reply);
        ImmutableArray<string> suspects =
        [
            .. state.Holders.Select(holder => holder.Age.RunId),
            .. state.Waiters.Take(MaxWaitingSuspects).Select(waiter => waiter.Age.RunId).TakeWhile(runId => runId != request.Age.RunId),
        ];
        return (state with { CheckedAt = now }, reply with { Suspects = suspects });
    }

    internal static ImmutableArray<WaiterState> Insert(ImmutableArray<WaiterState> waiters, WaiterState newcomer)
    {
        int index = waiters.BinarySearch(newcomer);
        return waiters.Insert(index < 0 ? ~index : index, newcomer);
    }

    private static ImmutableArray<RunAge> KeepNewest(ImmutableArray<RunAge> seen, RunAge newcomer, int count)
    {
        ImmutableArray<RunAge> sorted = seen.Add(newcomer).Sort();
        return sorted.Length <= count ? sorted : sorted[^count..];
    }

    internal static ImmutableArray<string> Remember(ImmutableArray<string> left, ImmutableArray<string> runIds)
    {
        ImmutableArray<string> all = left.AddRange(runIds.Select(GateState.MarkOf).Where(mark => !left.Contains(mark)));
        return all.Length <= GateState.MaxLeft ? all : all[^GateState.MaxLeft..];
    }

    /// <summary>With CancelInProgress, stops the oldest, holders and waiters alike, until no more than <c>MaxRuns</c> are wanted.</summary>
    private static (GateState State, ImmutableArray<GateStop> Stops) Supersede(GateState state, RunAge newcomer, DateTimeOffset now)
    {
        ImmutableArray<GateStop>.Builder stops = ImmutableArray.CreateBuilder<GateStop>();
        while (OneTooMany(state) is { } oldest)
        {
            HolderState? holder = state.Holders.FirstOrDefault(candidate => candidate.Age == oldest);
            bool hasLeft = holder is null || state.Rule!.Handover == Handover.Immediate;
            stops.Add(new GateStop(oldest.RunId, newcomer.RunId, hasLeft));
            state = holder switch
            {
                null => state with { Waiters = state.Waiters.RemoveAll(waiter => waiter.Age == oldest) },
                _ when hasLeft => state with
                {
                    Holders = state.Holders.Remove(holder),
                    Evicted = Keep(state.Evicted, new EvictedState(oldest.RunId, newcomer.RunId, now)),
                },
                _ => state with { Holders = state.Holders.Replace(holder, holder with { SupersededBy = newcomer.RunId }) },
            };
        }

        return (state, stops.ToImmutable());
    }

    private static IEnumerable<EvictedState> ToTellAgain(ImmutableArray<EvictedState> evicted, DateTimeOffset now) =>
        evicted.Where(known => now - known.At < LongestEviction);

    private static ImmutableArray<EvictedState> Keep(ImmutableArray<EvictedState> evicted, EvictedState next)
    {
        ImmutableArray<EvictedState> all = [.. ToTellAgain(evicted, next.At), next];
        return all.Length <= GateState.MaxEvicted ? all : all[^GateState.MaxEvicted..];
    }

    /// <summary>The oldest run, when there are more than <c>MaxRuns</c> that nobody has superseded.</summary>
    private static RunAge? OneTooMany(GateState state)
    {
        if (state.Rule!.Strategy != ConcurrencyStrategy.CancelInProgress)
            return null;
        RunAge[] wanted = [.. Wanted(state)];
        return wanted.Length > state.Rule.MaxRuns ? wanted.Min() : null;
    }

    /// <summary>The runs here that nobody has superseded.</summary>
    internal static IEnumerable<RunAge> Wanted(GateState state) =>
        state.Holders.Where(holder => holder.SupersededBy is null).Select(holder => holder.Age)
            .Concat(state.Waiters.Select(waiter => waiter.Age));

    /// <summary>Gives the free slots to those whose turn it is.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="asker">The run whose question this is; it tells the others.</param>
    internal static (GateState State, ImmutableArray<GateAdmission> Admissions) Admit(GateState state, string asker)
    {
        List<HolderState> admitted = [];
        while (Next(state) is { } next)
        {
            HolderState holder = new(
                next.Age, state.LastToken + 1, Key: next.Key, ToldBy: next.Age.RunId == asker ? null : asker, Workflow: next.Workflow);
            admitted.Add(holder);
            state = state with
            {
                LastToken = holder.Token,
                Holders = state.Holders.Add(holder),
                Waiters = state.Waiters.Remove(next),
            };
            if (next.Key is { } key)
                state = TurnRules.Take(state, key, holder.Token);
        }

        bool othersWait = !state.Waiters.IsEmpty;
        return (TurnRules.ForgetIdleKeys(state), [.. admitted.Select(holder => new GateAdmission(holder.Age.RunId, holder.Token, othersWait))]);
    }

    /// <summary>The run that gets the next slot; null when none is free, or nobody waits.</summary>
    private static WaiterState? Next(GateState state)
    {
        if (state.Waiters.IsEmpty || LimitRules.IsPaused(state))
            return null;
        ConcurrencyRule rule = state.Rule!;
        if (rule.Strategy != ConcurrencyStrategy.RoundRobin)
            return state.Holders.Length < rule.MaxRuns ? state.Waiters[0] : null;
        return state.Holders.Length < rule.MaxTotal ? TurnRules.Next(state) : null;
    }
}
