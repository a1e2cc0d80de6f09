using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>Of the runs that come shortly one after the other, the newest runs.</summary>
public sealed class DebounceTests(AppUnderTest app) : EndToEndTests(app)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task The_last_run_of_a_key_runs_and_those_before_it_are_superseded()
    {
        LabInput input = new(Group, new LabStep(0));
        List<Run> started = await Api.StartManyAsync(8, "lab-debounce", input);
        Run[] ended = await Api.WaitAllAsync(started);

        Assert.Equal("Succeeded", ended[^1].Status);
        Assert.True(ended[^1].StartedAt >= ended[^1].QueuedAt + Quiet - ClockError, $"{ended[^1].StartedAt - ended[^1].QueuedAt}");
        // On a slow machine two starts can be further apart than the quiet time; then more of them run.
        Assert.All(ended[..^1], run => Assert.True(run.Status == "Succeeded" || (run.Status, run.Stop?.Reason, run.StartedAt) == ("Cancelled", "Superseded", null), $"{run}"));
        Gate gate = await Api.GateAsync("lab-debounce", Group);
        Assert.Equal((0, 0), (gate.Holders.Count, gate.Waiters.Count));
        Assert.Equal(ended.Count(run => run.Status == "Succeeded"), gate.LastToken);
    }

    [Fact]
    public async Task A_run_that_waits_says_until_when()
    {
        Run run = await Api.StartAsync("lab-debounce", new LabInput(Group, new LabStep(0)));
        string text = (await Api.ReadAsync($"runs/{run.Id}/explain")).Read<Explanation>(HttpStatusCode.OK).Text;
        Assert.True(
            text.Contains("after 2s without a new run, 10s at most", StringComparison.Ordinal)
                || text.Contains("on its way to the gate", StringComparison.Ordinal)
                || (await Api.GetAsync(run.Id)).StartedAt is not null,
            text);
        Assert.Equal("Succeeded", (await Api.WaitAsync(run)).Status);
    }
}
