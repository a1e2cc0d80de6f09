using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>What must be true of all runs of an app whenever all is quiet, however often it was killed.</summary>
internal static class GatePromises
{
    public static void Check(IReadOnlyCollection<Run> runs)
    {
        TheNewestSurvive(runs);
        foreach ((string workflow, Run[] ofGate) in ByGate(runs))
            CheckAdmissions(workflow, [.. ofGate.Where(run => run.FencingTokens.Count > 0)]);
    }

    /// <summary>
    /// What holds also where a gate can answer and forget what it has answered: a run may then think for a while that it is admitted, but none of its
    /// steps begins.
    /// </summary>
    public static void CheckWork(IReadOnlyCollection<Run> runs)
    {
        TheNewestSurvive(runs);
        foreach ((string workflow, Run[] ofGate) in ByGate(runs))
        {
            Run[] worked = [.. ofGate.Where(run => run.FencingTokens.Count > 0 && run.Steps.Any(HasWorked))];
            NoTokenIsGivenTwice(worked);
            // A run's steps follow one another.
            IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> steps =
                worked.SelectMany(run => run.Steps).Where(HasWorked).Select(step => (step.StartedAt, step.EndedAt!.Value));
            if (worked.Length > 0)
                Assert.InRange(Timeline.MostAtOnce(steps), 1, MaxRuns(workflow));
        }
    }

    private static bool HasWorked(RunStep step) => step.Status == "Succeeded";

    /// <summary>The newest of a key are never the ones that are superseded.</summary>
    public static void TheNewestSurvive(IReadOnlyCollection<Run> runs)
    {
        foreach ((string workflow, Run[] ofGate) in ByGate(runs))
            Assert.All(ofGate[^Math.Min(MaxRuns(workflow), ofGate.Length)..], newest => Assert.NotEqual("Superseded", newest.Stop?.Reason));
    }

    private static IEnumerable<(string Workflow, Run[] Runs)> ByGate(IEnumerable<Run> runs) => runs
        .Where(run => run.Key is not null)
        .GroupBy(run => (run.Workflow, run.Key))
        .Select(gate => (gate.Key.Workflow, gate.OrderBy(run => run.QueuedAt).ThenBy(run => run.Id, StringComparer.Ordinal).ToArray()));

    private static int MaxRuns(string workflow) => workflow switch
    {
        Lab.CancelInProgress3 => 3,
        Lab.Queue => 2,
        _ => 1,
    };

    /// <param name="admitted">The runs that one gate has admitted, oldest first.</param>
    private static void CheckAdmissions(string workflow, Run[] admitted)
    {
        int maxRuns = MaxRuns(workflow);
        NoTokenIsGivenTwice(admitted);
        // Newer after older: no token is given to a run that comes before one that has had a lower.
        if (maxRuns == 1)
            Assert.Equal(admitted.Select(run => run.FencingTokens[0]).Order(), admitted.Select(run => run.FencingTokens[0]));
        if (workflow != Lab.Immediate)
            NoMoreRunThan(maxRuns, [.. admitted.Where(run => run.StartedAt is not null)]);
    }

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
