using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Kills;

/// <summary>What must be true of all runs of an app whenever all is quiet, however often it was killed.</summary>
internal static class GatePromises
{
    public static void Check(IEnumerable<Run> runs)
    {
        foreach (IGrouping<(string Workflow, string? Key), Run> gate in runs.Where(run => run.Key is not null).GroupBy(run => (run.Workflow, run.Key)))
            Check(gate.Key.Workflow, [.. gate.OrderBy(run => run.QueuedAt).ThenBy(run => run.Id, StringComparer.Ordinal)]);
    }

    /// <param name="runs">All runs of one gate, oldest first.</param>
    private static void Check(string workflow, Run[] runs)
    {
        int maxRuns = workflow == Lab.CancelInProgress3 ? 3 : 1;
        Run[] admitted = [.. runs.Where(run => run.FencingTokens.Count > 0)];
        TheNewestSurvive(runs, maxRuns);
        NoTokenIsGivenTwice(admitted);
        // Newer after older: no token is given to a run that comes before one that has had a lower.
        if (maxRuns == 1)
            Assert.Equal(admitted.Select(run => run.FencingTokens[0]).Order(), admitted.Select(run => run.FencingTokens[0]));
        if (workflow != Lab.Immediate)
            NoMoreRunThan(maxRuns, [.. admitted.Where(run => run.StartedAt is not null)]);
    }

    private static void TheNewestSurvive(Run[] runs, int maxRuns) =>
        Assert.All(runs[^Math.Min(maxRuns, runs.Length)..], newest => Assert.NotEqual("Superseded", newest.Stop?.Reason));

    private static void NoTokenIsGivenTwice(Run[] admitted)
    {
        long[] tokens = [.. admitted.Select(run => Assert.Single(run.FencingTokens))];
        Assert.Equal(tokens.Length, tokens.Distinct().Count());
    }

    /// <summary>Never more at once than the gate allows; of one at a time, each starts after all that were admitted before it.</summary>
    /// <param name="started">Runs that started, oldest first.</param>
    private static void NoMoreRunThan(int maxRuns, Run[] started)
    {
        if (started.Length > 0)
            Assert.InRange(Timeline.MostAtOnce(Timeline.Runs(started)), 0, maxRuns);
        if (maxRuns == 1)
            Assert.Equal(started.Select(run => run.Id), started.OrderBy(run => run.StartedAt).Select(run => run.Id));
    }
}
