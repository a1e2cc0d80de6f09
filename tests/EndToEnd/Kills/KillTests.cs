using System.Globalization;
using Preempt.EndToEnd.Hosting;

namespace Preempt.EndToEnd.Kills;

/// <summary>The app is killed at random moments: what it has accepted comes to its end, and all that gates promise holds.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Apps = 4;

    /// <summary>Some three minutes on two cores.</summary>
    private const int DefaultKills = 200;

    /// <summary>How many kills in all; <c>PREEMPT_KILLS</c> asks for more, or for less.</summary>
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

        Assert.NotEmpty(app.Ended);
        output.WriteLine(
            $"{Kills / Apps} kills, settled and checked {app.Settlements} times, {app.Ended.Count} runs: "
            + string.Join(", ", app.Ended.CountBy(run => run.Status)));
    }
}
