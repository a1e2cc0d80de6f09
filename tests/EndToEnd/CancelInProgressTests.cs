using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class CancelInProgressTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Of_ten_starts_a_second_apart_only_the_last_succeeds()
    {
        List<Run> runs = [];
        using PeriodicTimer pace = new(TimeSpan.FromSeconds(1));
        do
            runs.Add(await Api.WaitForWorkAsync(await StartAsync(Lab.CancelInProgress, new LabStep(Lab.VeryLong))));
        while (await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken) && runs.Count < 9);
        runs.Add(await StartAsync(Lab.CancelInProgress, new LabStep(0.1)));

        runs = [.. await Api.WaitAllAsync(runs)];

        Assert.All(runs.SkipLast(1), run => Assert.Equal(("Cancelled", "Superseded"), (run.Status, run.Stop?.Reason)));
        Assert.Equal(runs.Skip(1).Select(run => run.Id), runs.SkipLast(1).Select(run => run.Stop?.SupersededBy));
        Assert.Equal("Succeeded", runs[^1].Status);
        Assert.Equal(1, Timeline.MostAtOnce(Timeline.Steps(runs)));
        Assert.Equal(runs.Select(run => run.Id), runs.OrderBy(run => Assert.Single(run.FencingTokens)).Select(run => run.Id));
    }

    [Fact]
    public async Task Of_a_hundred_starts_at_once_only_the_newest_stays()
    {
        Run[] runs = new Run[100];
        await Parallel.ForAsync(0, runs.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (index, _) =>
            runs[index] = await StartAsync(Lab.CancelInProgress, new LabStep(Lab.VeryLong)));
        runs = [.. runs.OrderBy(run => run.QueuedAt)];

        await Api.WaitAllAsync(runs.SkipLast(1));
        await Api.WaitForWorkAsync(runs[^1]);
        await Api.CancelAsync(runs[^1], "the last one");
        runs = await Api.WaitAllAsync(runs);

        Assert.Equal(runs.Length, runs.Select(run => run.QueuedAt).Distinct().Count());
        Assert.Equal(("Requested", "the last one"), (runs[^1].Stop?.Reason, runs[^1].Stop?.Message));
        Assert.All(runs.SkipLast(1), run => Assert.Equal(("Cancelled", "Superseded"), (run.Status, run.Stop?.Reason)));
        Assert.All(runs.SkipLast(1), run =>
            Assert.True(runs.Single(other => other.Id == run.Stop?.SupersededBy).QueuedAt > run.QueuedAt, $"Superseded by an older run: {run}"));
        Assert.Equal(1, Timeline.MostAtOnce(Timeline.Steps(runs)));
        await Eventually.GetAsync(() => Api.GateAsync(Lab.CancelInProgress, Group), gate => gate is { Holders: [], Waiters: [] });
    }

    [Fact]
    public async Task With_three_slots_ten_starts_leave_the_three_newest_running()
    {
        List<Run> runs = [];
        while (runs.Count < 10)
            runs.Add(await StartAsync(Lab.CancelInProgress3, new LabStep(Lab.VeryLong)));
        string[] newest = [.. runs.TakeLast(3).Select(run => run.Id)];

        Run[] superseded = await Api.WaitAllAsync(runs.SkipLast(3));
        Gate gate = await Eventually.GetAsync(
            () => Api.GateAsync(Lab.CancelInProgress3, Group), gate => gate.Holders.Select(holder => holder.RunId).Order().SequenceEqual(newest.Order()));
        foreach (Run run in runs.TakeLast(3))
            await Api.WaitForWorkAsync(run);

        Assert.Equal(3, gate.MaxRuns);
        Assert.Empty(gate.Waiters);
        Assert.All(superseded, run => Assert.Equal(("Cancelled", "Superseded"), (run.Status, run.Stop?.Reason)));

        foreach (Run run in runs.TakeLast(3))
            await Api.CancelAsync(run);
        Run[] cancelled = await Api.WaitAllAsync(runs.TakeLast(3));

        Assert.All(cancelled, run => Assert.Equal(("Cancelled", "Requested"), (run.Status, run.Stop?.Reason)));
        Assert.InRange(Timeline.MostAtOnce(Timeline.Runs([.. superseded, .. cancelled])), 1, 3);
        await Eventually.GetAsync(() => Api.GateAsync(Lab.CancelInProgress3, Group), now => now.Holders is []);
    }

    [Fact]
    public async Task With_immediate_handover_the_newcomer_starts_while_the_old_run_still_works()
    {
        Run old = await StartAsync(Lab.Immediate, new LabStep(Lab.VeryLong) { IgnoreStop = true });
        await Api.WaitForWorkAsync(old);

        Run newcomer = await StartAsync(Lab.Immediate, new LabStep(0.5));

        newcomer = await Api.WaitAsync(newcomer);
        old = await Api.WaitAsync(old);
        Assert.Equal("Succeeded", newcomer.Status);
        Assert.Equal(("Cancelled", "Superseded", newcomer.Id), (old.Status, old.Stop?.Reason, old.Stop?.SupersededBy));
        Assert.Equal(2, Timeline.MostAtOnce(Timeline.Runs([old, newcomer])));
    }

    [Fact]
    public async Task Without_a_rule_runs_overlap()
    {
        Run one = await Api.WaitForWorkAsync(await StartAsync(Lab.Plain, new LabStep(Lab.VeryLong)));
        Run other = await Api.WaitForWorkAsync(await StartAsync(Lab.Plain, new LabStep(Lab.VeryLong)));
        // A run says that its step is at work when it has asked for it; what the step itself reports says that it is.
        foreach (Run run in (Run[])[one, other])
            await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Progress is not null);
        await Api.CancelAsync(one);
        await Api.CancelAsync(other);

        Run[] runs = await Api.WaitAllAsync([one, other]);

        Assert.All(runs, run => Assert.Equal(("Cancelled", "Requested"), (run.Status, run.Stop?.Reason)));
        Assert.All(runs, run => Assert.Null(run.Key));
        Assert.All(runs, run => Assert.Empty(run.FencingTokens));
        Assert.Equal(2, Timeline.MostAtOnce(Timeline.Steps(runs)));
    }

    private Task<Run> StartAsync(string workflow, params IReadOnlyList<LabStep> steps) => Api.StartAsync(workflow, new LabInput(Group, steps));
}
