using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class ExplainTests(AppUnderTest app) : EndToEndTests(app)
{
    private const string Queue = "lab-queue";

    [Fact]
    public async Task A_waiting_run_names_its_gate_its_place_and_who_holds_the_slots()
    {
        Run[] holders =
        [
            await Api.StartAsync(Queue, new LabInput(Group, new LabStep(Lab.VeryLong))),
            await Api.StartAsync(Queue, new LabInput(Group, new LabStep(Lab.VeryLong))),
        ];
        foreach (Run holder in holders)
            await Api.WaitForWorkAsync(holder);
        await Api.StartAsync(Queue, new LabInput(Group, new LabStep(0)));
        Run second = await Api.StartAsync(Queue, new LabInput(Group, new LabStep(0)));
        await Eventually.GetAsync(() => Api.GateAsync(Queue, Group), gate => gate.Waiters.Count == 2);

        Explanation told = await ExplainAsync(second);

        Assert.Equal((second.Id, "Queued"), (told.RunId, told.Status));
        Assert.Contains(Group[..60], told.Text, StringComparison.Ordinal);
        Assert.Contains("number 2 of 2 in line", told.Text, StringComparison.Ordinal);
        Assert.Contains(holders[0].Id, told.Text, StringComparison.Ordinal);
        Assert.Contains(holders[1].Id, told.Text, StringComparison.Ordinal);
        Assert.Contains("2 more runs there have ended", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_superseded_run_names_the_one_that_took_its_place()
    {
        Run older = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong)));
        await Api.WaitForWorkAsync(older);
        Run newer = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(0)));
        await Api.WaitAsync(older);

        Explanation told = await ExplainAsync(older);

        Assert.Contains($"The newer run {newer.Id} superseded it", told.Text, StringComparison.Ordinal);
        Assert.Contains("cancelled", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_run_says_what_is_at_work_and_a_stopping_one_how_long_it_has()
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong) { IgnoreStop = true }));
        await Api.WaitForWorkAsync(run);
        Explanation running = await ExplainAsync(run);
        await Api.CancelAsync(run, "no longer needed", grace: "1m");
        await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Status == "Stopping");
        Explanation stopping = await ExplainAsync(run);
        await Api.CancelAsync(run, grace: "0s");
        await Api.WaitAsync(run);
        Explanation ended = await ExplainAsync(run);

        Assert.Contains("Step lab-work is at work", running.Text, StringComparison.Ordinal);
        Assert.Contains("no longer needed", stopping.Text, StringComparison.Ordinal);
        Assert.Contains("by force", stopping.Text, StringComparison.Ordinal);
        Assert.Contains("It was ended by force", ended.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_run_says_what_was_thrown()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0) { FailTimes = 1 })));

        Assert.Contains("Step lab-work threw System.InvalidOperationException", (await ExplainAsync(run)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_run_is_not_explained() =>
        (await Api.ReadAsync("runs/no-such-run/explain")).ExpectProblem(HttpStatusCode.NotFound, "no-such-run");

    private async Task<Explanation> ExplainAsync(Run run) => (await Api.ReadAsync($"runs/{run.Id}/explain")).Read<Explanation>(HttpStatusCode.OK);
}
