using System.Collections.Immutable;

namespace Preempt;

/// <summary>Runs and gates as they are drawn in lanes.</summary>
internal static class LaneReader
{
    private const int MaxNext = 50;

    /// <summary>The statuses of a run that has not ended.</summary>
    public static readonly RunStatus[] Open = [.. RunStatusExtensions.All.Where(status => !status.IsTerminal())];

    /// <summary>The statuses of a run that has ended.</summary>
    public static readonly RunStatus[] Ended = [.. RunStatusExtensions.All.Where(status => status.IsTerminal())];

    public static Lanes Make(IReadOnlyCollection<Run> runs, ImmutableArray<LaneGate> gates, bool isComplete)
    {
        IEnumerable<Run> newest = runs.OrderBy(run => run.QueuedAt).ThenBy(run => run.Id, StringComparer.Ordinal).TakeLast(RunScan.MaxRuns);
        return new Lanes(
            [.. newest.Select(Read)],
            [.. gates.OrderBy(gate => gate.Key, StringComparer.Ordinal)],
            isComplete && runs.Count <= RunScan.MaxRuns);
    }

    private static LaneRun Read(Run run) => new()
    {
        Id = run.Id,
        Key = run.Key,
        Status = run.Status,
        QueuedAt = run.QueuedAt,
        StartedAt = run.StartedAt,
        EndedAt = run.EndedAt,
        StopReason = run.Stop?.Reason,
        StopRequestedAt = run.Stop?.RequestedAt,
        SupersededBy = run.Stop?.SupersededBy,
        Progress = run.Status.IsTerminal() ? null : run.Progress?.Fraction,
    };

    /// <summary>The keys at whose gate somebody waits; a gate that serves all keys is one of each.</summary>
    public static ImmutableArray<LaneGate> Read(GateState state, string? key)
    {
        ILookup<string, (WaiterState Waiter, int Place)> waiters = state.Waiters.Select((waiter, index) => (Waiter: waiter, Place: index + 1))
            .ToLookup(each => each.Waiter.Key ?? state.Key, StringComparer.Ordinal);
        return
        [
            .. from line in waiters
               where key is null || line.Key == key
               select new LaneGate(
                   line.Key,
                   state.Holders.Count(holder => (holder.Key ?? state.Key) == line.Key),
                   line.Count(),
                   [.. line.Take(MaxNext).Select(each => HolderId.Parse(each.Waiter.Age.RunId).RunId)],
                   line.First().Place,
                   state.Started is null ? StandingRule.MaxRunsOf(state, line.Key) : 0),
        ];
    }
}
