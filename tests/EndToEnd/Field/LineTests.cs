using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Field;

/// <summary>Who waits for a slot, in which order, and for how long.</summary>
public sealed class LineTests(AppUnderTest app) : FieldTests(app)
{
    [Fact]
    public async Task A_key_that_waits_is_not_overtaken_by_keys_that_come_anew()
    {
        const string RoundRobin = "lab-round-robin";
        Run[] holders = await Task.WhenAll(HoldAsync(RoundRobin, $"{Group}-x"), HoldAsync(RoundRobin, $"{Group}-y"), HoldAsync(RoundRobin, $"{Group}-a"));
        Run waiting = await LineUpAsync($"{Group}-a");
        Run newcomer = await LineUpAsync($"{Group}-n0");

        await Api.CancelAsync(holders[2]);
        Run next = await FirstAtWorkAsync(waiting, newcomer);
        if (next.Id == newcomer.Id)
        {
            Run newest = await LineUpAsync($"{Group}-n1");
            await Api.CancelAsync(newcomer);
            next = await FirstAtWorkAsync(waiting, newest);
        }

        Assert.Equal(waiting.Id, next.Id);

        async Task<Run> LineUpAsync(string group)
        {
            Run run = await Api.StartAsync(RoundRobin, new LabInput(group, Long));
            await Eventually.GetAsync(() => Api.GateAsync(RoundRobin, group), gate => gate.Waiters.Any(waiter => waiter.RunId == run.Id));
            return run;
        }
    }

    [Fact]
    public async Task A_run_cancelled_in_the_line_does_not_start_when_the_slot_is_free()
    {
        Run[] holders = await HoldQueueAsync();
        Run cancelled = await QueueUpAsync();
        Run next = await QueueUpAsync();
        await Api.CancelAsync(cancelled);

        await Api.CancelAsync(holders[0]);
        await Api.WaitForWorkAsync(next);

        cancelled = await Api.WaitAsync(cancelled);
        Assert.Equal(("Cancelled", null), (cancelled.Status, cancelled.StartedAt));
        Assert.Empty(cancelled.Steps);
    }

    [Fact]
    public async Task A_newcomer_supersedes_one_that_still_waits_for_the_older_run_to_stop()
    {
        Run holder = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, Long with { IgnoreStop = true })));
        Run between = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, Long));
        Run newest = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, Long));

        between = await Api.WaitAsync(between);

        Assert.Equal(("Cancelled", "Superseded", newest.Id, null), (between.Status, between.Stop?.Reason, between.Stop?.SupersededBy, between.StartedAt));
        await Api.SendCancelAsync(holder.Id, grace: "0s");
        await Api.WaitForWorkAsync(newest);
    }

    [Fact]
    public async Task A_newcomer_waits_until_the_superseded_run_has_cleaned_up()
    {
        Run older = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, Long) { CleanupSeconds = 1 }));
        Run newer = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, Long)));

        older = await Api.WaitAsync(older);

        Assert.Equal(("lab-cleanup", "Succeeded"), (older.Steps[^1].Name, older.Steps[^1].Status));
        Assert.InRange(newer.StartedAt!.Value, older.Steps[^1].EndedAt!.Value, DateTimeOffset.MaxValue);
    }

    [Fact]
    public async Task A_run_of_higher_priority_goes_before_those_that_wait()
    {
        Run[] holders = await HoldQueueAsync();
        Run low = await QueueUpAsync();
        Run high = await QueueUpAsync(new { input = new LabInput(Group, Long), priority = 5 });
        Assert.Equal([high.Id, low.Id], (await Api.GateAsync(Lab.Queue, Group)).Waiters.Select(waiter => waiter.RunId));

        await Api.CancelAsync(holders[1]);

        await Api.WaitForWorkAsync(high);
        Assert.Equal("Queued", (await Api.GetAsync(low.Id)).Status);
    }

    [Fact]
    public async Task No_run_in_the_line_is_dropped_for_a_newer_one()
    {
        Run[] holders = await HoldQueueAsync();
        List<Run> line = [];
        for (int i = 0; i < 4; i++)
            line.Add(await QueueUpAsync(new { input = new LabInput(Group, new LabStep(0)) }));

        await Api.CancelAsync(holders[0]);
        Run[] ended = await Api.WaitAllAsync(line);

        Assert.All(ended, run => Assert.Equal("Succeeded", run.Status));
        Assert.Equal(line.Select(run => run.Id), ended.OrderBy(run => run.StartedAt).Select(run => run.Id));
    }

    [Fact]
    public async Task Time_in_the_line_is_not_taken_from_the_timeout()
    {
        await HoldAsync(Lab.Queue);
        await Api.StartAsync(Lab.Queue, new LabInput(Group, new LabStep(4)));

        Run run = await Api.WaitAsync(await StartAsync(Lab.Queue, new { input = new LabInput(Group, Long), timeout = "3s" }));

        Assert.Equal(("TimedOut", "Timeout"), (run.Status, run.Stop?.Reason));
        Assert.InRange(run.Stop!.RequestedAt - run.StartedAt!.Value, TimeSpan.FromSeconds(2.9), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task More_time_for_a_run_in_the_line_is_there_when_it_starts()
    {
        Run[] holders = await HoldQueueAsync();
        Run run = await QueueUpAsync(new { input = new LabInput(Group, new LabStep(3)), timeout = "1s" });

        (await Api.AskAsync($"runs/{run.Id}/extend", new { by = "1h" })).Expect(HttpStatusCode.Accepted);
        await Api.CancelAsync(holders[0]);

        Assert.Equal("Succeeded", (await Api.WaitAsync(run)).Status);
    }

    [Fact]
    public async Task An_event_ends_a_run_in_the_line_too()
    {
        string name = $"over-{Guid.NewGuid():N}";
        await HoldQueueAsync();
        Run run = await QueueUpAsync(new { input = new LabInput(Group, Long) { EndWhen = $"event {name}" } });

        (await Api.PostAsync($"events/{name}", new { })).Expect(HttpStatusCode.Accepted);

        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", "EndCondition", null), (run.Status, run.Stop?.Reason, run.StartedAt));
    }

    [Fact]
    public async Task A_run_that_waits_too_long_is_given_up_and_leaves_the_line()
    {
        await HoldQueueAsync();

        Run run = await Api.WaitAsync(await StartAsync(Lab.Queue, new { input = new LabInput(Group, Long), scheduleTimeout = "1s" }));

        Assert.Equal(("TimedOut", "ScheduleTimeout", null), (run.Status, run.Stop?.Reason, run.StartedAt));
        Gate gate = await Eventually.GetAsync(() => Api.GateAsync(Lab.Queue, Group), gate => gate.Waiters is []);
        Assert.Equal(2, gate.Holders.Count);
    }

    [Fact]
    public async Task A_run_cancelled_at_its_second_gate_gives_the_first_back()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async number => await Api.WaitForWorkAsync(await EnterAsync($"{Group}-{number / 2}"))));
        string name = $"{Group}-2";
        Run run = await EnterAsync(name);
        await Eventually.GetAsync(() => Api.GateAsync(Lab.Multi, name), gate => gate.Holders is [_]);

        await Api.CancelAsync(run);

        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", null), (run.Status, run.StartedAt));
        await Eventually.GetAsync(() => Api.GateAsync(Lab.Multi, name), gate => gate.Holders is []);

        Task<Run> EnterAsync(string name) => StartAsync(Lab.Multi, new { input = new { group = Group, name, digit = Group, steps = new[] { new { seconds = Lab.VeryLong } } } });
    }

    [Fact]
    public async Task Cancels_at_once_of_one_run_give_one_slot_back()
    {
        Run[] holders = await HoldQueueAsync();
        Run[] line = [await QueueUpAsync(), await QueueUpAsync(), await QueueUpAsync()];

        ExpectAccepted(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Api.SendCancelAsync(holders[0].Id, grace: Lab.LongGrace))));
        await Api.WaitAsync(holders[0]);
        await Api.WaitForWorkAsync(line[0]);

        // Whatever a second slot would have set off is done when the last of the line has come and gone.
        await Api.CancelAsync(line[2]);
        await Api.WaitAsync(line[2]);
        Gate gate = await Api.GateAsync(Lab.Queue, Group);
        Assert.Equal([holders[1].Id, line[0].Id], gate.Holders.Select(holder => holder.RunId));
        Assert.Equal("Queued", (await Api.GetAsync(line[1].Id)).Status);
    }

    /// <summary>The first of some runs that is at work.</summary>
    private async Task<Run> FirstAtWorkAsync(params Run[] runs) => (await Eventually.GetAsync(
        async () => (await Task.WhenAll(runs.Select(run => Api.GetAsync(run.Id)))).FirstOrDefault(run => run.IsAtWork), first => first is not null))!;
}
