using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>When things ran, by the app's own clock.</summary>
internal static class Timeline
{
    /// <summary>The most of these spans that were open at one moment. A span that ends when another begins does not overlap it.</summary>
    public static int MostAtOnce(IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> spans)
    {
        var changes = spans.SelectMany(span => new[] { (At: span.Start, Change: 1), (At: span.End, Change: -1) });
        int open = 0;
        return changes.OrderBy(change => change.At).ThenBy(change => change.Change).Select(change => open += change.Change).Max();
    }

    /// <summary>
    /// When each step of these runs was at work. Every one of them must have ended, or have been abandoned with its run: on an engine
    /// that takes seconds over each turn, a run can outlast its grace although its step does not.
    /// </summary>
    public static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Steps(IEnumerable<Run> runs) =>
        from run in runs
        from step in run.Steps
        select (step.StartedAt, End(run.Stop is { Forced: true } ? step.EndedAt ?? run.EndedAt : step.EndedAt));

    /// <summary>When each of these runs that started was running.</summary>
    public static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Runs(IEnumerable<Run> runs) =>
        runs.Where(run => run.StartedAt is not null).Select(run => (run.StartedAt!.Value, End(run.EndedAt)));

    private static DateTimeOffset End(DateTimeOffset? end)
    {
        Assert.NotNull(end);
        return end.Value;
    }
}
