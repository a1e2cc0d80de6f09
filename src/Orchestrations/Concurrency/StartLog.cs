using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// The latest runs that a gate without slots has let start. They hold nothing, but a host's death may have kept a start from the gate's books: so a worker looks
/// for it there before the run's first step begins.
/// </summary>
internal static class StartLog
{
    /// <summary>The latest starts that are remembered, if the most that start at one time are not more.</summary>
    private const int MaxStarted = 100;

    /// <summary>The start of a run; null if it is not known.</summary>
    public static StartedState? Find(GateState state, string runId) => (state.Started ?? []).LastOrDefault(started => started.RunId == runId);

    /// <summary>Whether a start is in the books. One that is older than those that are remembered counts as written.</summary>
    public static bool Has(GateState state, string holder, long token) =>
        state.Started is [var oldest, ..] started && (token < oldest.Token || started.Any(known => known.RunId == holder && known.Token == token));

    /// <summary>Has the first in line start.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="count">How many.</param>
    /// <param name="asker">The run whose question this is; it tells the others.</param>
    /// <param name="mostAtOnce">How many can start at one time.</param>
    public static GateState Start(GateState state, int count, string asker, int mostAtOnce)
    {
        StartedState[] starting =
        [
            .. state.Waiters.Take(count).Select((waiter, index) => new StartedState(
                waiter.Age.RunId, state.LastToken + 1 + index, waiter.Age.RunId == asker ? null : asker)),
        ];
        ImmutableArray<StartedState> started = (state.Started ?? []).AddRange(starting);
        int most = Math.Max(MaxStarted, mostAtOnce);
        return state with
        {
            LastToken = state.LastToken + count,
            Waiters = state.Waiters.RemoveRange(0, count),
            Started = started.Length <= most ? started : started[^most..],
        };
    }

    /// <summary>Those that a run is to tell that they start, also each time that it asks again: the answer that said so first may be lost.</summary>
    public static ImmutableArray<GateAdmission> ToTell(GateState state, string asker) =>
    [
        .. (state.Started ?? []).Where(started => started.ToldBy == asker)
            .Select(started => new GateAdmission(started.RunId, started.Token, OthersWait: false)),
    ];
}
