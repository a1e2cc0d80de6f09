using System.Collections.Immutable;

namespace Preempt;

/// <summary>Puts runs into numbers.</summary>
internal static class StatisticsReader
{
    private const int Parts = 60;
    private const int MaxKeys = 10;

    /// <summary>The numbers of these runs.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="since">Where the first part of the time begins; null for no parts.</param>
    /// <param name="until">Where the last one ends.</param>
    /// <param name="isComplete">Whether these are all runs.</param>
    public static RunStatistics Make(IReadOnlyCollection<Run> runs, DateTimeOffset? since, DateTimeOffset until, bool isComplete) => new()
    {
        Runs = runs.Count,
        IsComplete = isComplete,
        Statuses = [.. RunStatusExtensions.All.Select(status => new StatusCount(status, runs.Count(run => run.Status == status))).Where(count => count.Runs > 0)],
        Buckets = since is { } from && until > from ? Split(runs, from, until) : [],
        QueueTime = Spread(runs.Select(QueueTime)),
        StopTime = Spread(runs.Select(StopTime)),
        Keys =
        [
            .. runs.GroupBy(run => (run.Workflow, run.Key))
                .Select(group => new KeyCount(group.Key.Workflow, group.Key.Key, group.Count(), group.Count(IsSuperseded)))
                .OrderByDescending(count => count.Runs).ThenBy(count => count.Workflow, StringComparer.Ordinal).ThenBy(count => count.Key, StringComparer.Ordinal)
                .Take(MaxKeys),
        ],
    };

    private static ImmutableArray<RunBucket> Split(IReadOnlyCollection<Run> runs, DateTimeOffset since, DateTimeOffset until)
    {
        TimeSpan part = (until - since) / Parts;
        ILookup<int, Run> parts = runs.ToLookup(run => Math.Clamp((int)((run.QueuedAt - since) / part), 0, Parts - 1));
        return [.. Enumerable.Range(0, Parts).Select(index => Count(since + (part * index), [.. parts[index]]))];
    }

    private static RunBucket Count(DateTimeOffset from, IReadOnlyCollection<Run> runs) => new(
        from,
        runs.Count(run => run.Status == RunStatus.Succeeded),
        runs.Count(run => run.Status == RunStatus.Failed),
        runs.Count(run => run.Status == RunStatus.TimedOut),
        runs.Count(IsSuperseded),
        runs.Count(run => run.Status == RunStatus.Cancelled && !IsSuperseded(run)),
        runs.Count(run => run.Status == RunStatus.Rejected),
        runs.Count(run => !run.Status.IsTerminal()),
        Spread(runs.Select(QueueTime))?.P50,
        Spread(runs.Select(StopTime))?.P50);

    private static bool IsSuperseded(Run run) => run is { Status: RunStatus.Cancelled, Stop.Reason: StopReason.Superseded };

    private static TimeSpan? QueueTime(Run run) => run.StartedAt - run.QueuedAt;

    private static TimeSpan? StopTime(Run run) => run.StartedAt is null ? null : run.EndedAt - run.Stop?.RequestedAt;

    private static Percentiles? Spread(IEnumerable<TimeSpan?> times)
    {
        double[] seconds = [.. times.OfType<TimeSpan>().Select(time => Math.Round(Math.Max(0, time.TotalSeconds), 3)).Order()];
        return seconds.Length == 0 ? null : new Percentiles(seconds.Length, At(0.5), At(0.9), At(0.99));

        double At(double share) => seconds[(int)Math.Ceiling(share * seconds.Length) - 1];
    }
}
