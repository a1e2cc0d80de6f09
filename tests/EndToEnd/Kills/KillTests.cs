using System.Globalization;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Kills;

/// <summary>The app is killed at random moments: what it has accepted comes to its end, and all that gates promise holds.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Apps = 3;
    private const int DefaultKills = 30;

    /// <summary>How many kills in all; <c>PREEMPT_KILLS</c> asks for more.</summary>
    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("PREEMPT_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : DefaultKills;

    [Fact(DisableParallelization = true)]
    public async Task Whatever_was_accepted_ends_once_and_gates_hold_when_the_app_is_killed()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL is not the suite's to kill.");
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        await Task.WhenAll(Enumerable.Range(0, Apps).Select(app => RunAsync(seed + app)));
    }

    private async Task RunAsync(int seed)
    {
        using KilledApp app = new(seed);
        for (int kill = 0; kill < Kills / Apps; kill++)
            await app.LiveAndDieAsync();
        await app.SettleAsync();

        Run[] runs = [.. app.Ended];
        output.WriteLine($"{Kills / Apps} kills, {runs.Length} runs: {string.Join(", ", runs.CountBy(run => run.Status))}");
        Assert.NotEmpty(runs);
        Assert.DoesNotContain(runs, run => run.Status is "Failed" or "TimedOut" or "Rejected");
        Assert.All(runs.Where(app.WasCancelled), run => Assert.NotNull(run.Stop));
        foreach (IGrouping<(string Workflow, string? Key), Run> gate in runs.Where(run => run.Key is not null).GroupBy(run => (run.Workflow, run.Key)))
            CheckGate(gate.Key.Workflow, [.. gate.OrderBy(run => run.QueuedAt).ThenBy(run => run.Id, StringComparer.Ordinal)]);
    }

    /// <param name="runs">Oldest first.</param>
    private static void CheckGate(string workflow, Run[] runs)
    {
        int maxRuns = workflow == Lab.CancelInProgress3 ? 3 : 1;
        Assert.All(runs[^Math.Min(maxRuns, runs.Length)..], newest => Assert.NotEqual("Superseded", newest.Stop?.Reason));

        Run[] admitted = [.. runs.Where(run => run.FencingTokens.Count > 0)];
        long[] tokens = [.. admitted.Select(run => Assert.Single(run.FencingTokens)).Order()];
        Assert.Equal(tokens.Distinct(), tokens);
        if (maxRuns == 1)
        {
            // One after the other, newer after older: no token is given to a run that comes before one that has had a lower.
            Assert.Equal(tokens, admitted.Select(run => run.FencingTokens[0]));
        }

        if (workflow != Lab.Immediate && admitted.Length > 0)
            Assert.InRange(Timeline.MostAtOnce([.. Timeline.Runs(admitted)]), 0, maxRuns);
    }
}
