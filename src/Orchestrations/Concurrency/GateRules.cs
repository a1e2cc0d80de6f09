using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// A gate's decisions, pure: from what it remembers and what it is asked, to what it remembers next and what it answers. Every
/// operation may be repeated or come late without harm.
/// </summary>
public static class GateRules
{
    /// <summary>Decides on a run that asks to be admitted.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The run, and the rule as it knows it.</param>
    /// <returns>What the gate remembers next, and its answer.</returns>
    public static (GateState State, GateReply Reply) Enter(GateState state, EnterRequest request)
    {
        RunAge newcomer = request.Age;
        if (state.Holders.FirstOrDefault(holder => holder.Age.RunId == newcomer.RunId) is { } self)
            return (state, Answer(GateVerdict.Admitted, self.Token));
        if (state.Waiters.Any(waiter => waiter.RunId == newcomer.RunId))
            return (state, Answer(GateVerdict.Wait) with { Stops = [.. RemindersFor(state)] });
        if (state.Newest.Any(seen => seen.RunId == newcomer.RunId))
            return (state, Answer(GateVerdict.Gone));

        int maxRuns = request.Gate.MaxRuns;
        RunAge[] newer = [.. state.Newest.Where(seen => seen > newcomer)];
        if (newer.Length >= maxRuns)
            return (state, Answer(GateVerdict.Superseded) with { SupersededBy = newer[0].RunId });

        state = state with
        {
            Key = request.Gate.Key,
            MaxRuns = maxRuns,
            Strategy = request.Gate.Strategy,
            Newest = KeepNewest(state.Newest.Add(newcomer), maxRuns),
            Waiters = state.Waiters.Add(newcomer).Sort(),
        };
        (state, ImmutableArray<GateStop> stops) = Supersede(state, newcomer, request.Gate.Handover);
        (state, ImmutableArray<GateAdmission> admissions) = Admit(state);
        GateAdmission? own = admissions.FirstOrDefault(admission => admission.RunId == newcomer.RunId);
        GateReply reply = own is null ? Answer(GateVerdict.Wait) : Answer(GateVerdict.Admitted, own.Token);
        return (state, reply with { Stops = stops, Admissions = admissions.RemoveAll(admission => admission == own) });
    }

    /// <summary>Strikes off a run that has ended or waits no longer, and hands its slot on.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="runId">The run.</param>
    /// <returns>What the gate remembers next, and whom to tell that they are admitted.</returns>
    public static (GateState State, ImmutableArray<GateAdmission> Admissions) Leave(GateState state, string runId) => Admit(state with
    {
        Holders = state.Holders.RemoveAll(holder => holder.Age.RunId == runId),
        Waiters = state.Waiters.RemoveAll(waiter => waiter.RunId == runId),
    });

    private static GateReply Answer(GateVerdict verdict, long token = 0) => new(verdict, token, null, [], []);

    private static ImmutableArray<RunAge> KeepNewest(ImmutableArray<RunAge> seen, int count)
    {
        ImmutableArray<RunAge> sorted = seen.Sort();
        return sorted.Length <= count ? sorted : sorted[^count..];
    }

    /// <summary>Those who were told to stop for somebody who still waits: the message may have been lost.</summary>
    private static IEnumerable<GateStop> RemindersFor(GateState state) => state.Holders
        .Where(holder => holder.SupersededBy is not null)
        .Select(holder => new GateStop(holder.Age.RunId, holder.SupersededBy!, HasLeft: false));

    /// <summary>Stops the oldest, holders and waiters alike, until no more than <c>MaxRuns</c> are wanted.</summary>
    private static (GateState State, ImmutableArray<GateStop> Stops) Supersede(GateState state, RunAge newcomer, Handover handover)
    {
        ImmutableArray<GateStop>.Builder stops = ImmutableArray.CreateBuilder<GateStop>();
        while (Oldest(state) is { } oldest)
        {
            GateHolder? holder = state.Holders.FirstOrDefault(candidate => candidate.Age == oldest);
            bool hasLeft = holder is null || handover == Handover.Immediate;
            stops.Add(new GateStop(oldest.RunId, newcomer.RunId, hasLeft));
            state = holder switch
            {
                null => state with { Waiters = state.Waiters.Remove(oldest) },
                _ when hasLeft => state with { Holders = state.Holders.Remove(holder) },
                _ => state with { Holders = state.Holders.Replace(holder, holder with { SupersededBy = newcomer.RunId }) },
            };
        }

        return (state, stops.ToImmutable());
    }

    /// <summary>The run that is one too many; null when none is.</summary>
    private static RunAge? Oldest(GateState state)
    {
        RunAge[] wanted = [.. state.Holders.Where(holder => holder.SupersededBy is null).Select(holder => holder.Age), .. state.Waiters];
        return wanted.Length > state.MaxRuns ? wanted.Min() : null;
    }

    private static (GateState State, ImmutableArray<GateAdmission> Admissions) Admit(GateState state)
    {
        ImmutableArray<GateAdmission>.Builder admissions = ImmutableArray.CreateBuilder<GateAdmission>();
        while (state.Holders.Length < state.MaxRuns && state.Waiters.Length > 0)
        {
            GateHolder admitted = new(state.Waiters[0], state.LastToken + 1);
            admissions.Add(new GateAdmission(admitted.Age.RunId, admitted.Token));
            state = state with
            {
                LastToken = admitted.Token,
                Holders = state.Holders.Add(admitted),
                Waiters = state.Waiters.RemoveAt(0),
            };
        }

        return (state, admissions.ToImmutable());
    }
}
