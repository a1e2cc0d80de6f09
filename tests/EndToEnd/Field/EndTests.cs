using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Field;

/// <summary>How runs end, and what is left of them.</summary>
public sealed class EndTests(AppUnderTest app) : FieldTests(app)
{
    private const string CancelNewest = "lab-cancel-newest";

    [Theory]
    [InlineData("fails", "Failed")]
    [InlineData("times out", "TimedOut")]
    [InlineData("is cancelled", "Cancelled")]
    [InlineData("is ended by force", "Cancelled")]
    public async Task However_a_run_ends_its_key_takes_the_next(string how, string status)
    {
        Run run = await StartAsync(CancelNewest, how switch
        {
            "fails" => new { input = (object)new LabInput(Group, new LabStep(0) { FailTimes = 1 }) },
            "times out" => new { input = (object)new { group = Group, steps = new[] { Long }, timeout = "1s" } },
            _ => new { input = (object)new LabInput(Group, Long with { IgnoreStop = how == "is ended by force" }) },
        });
        if (status == "Cancelled")
        {
            await Api.WaitForWorkAsync(run);
            Run refused = await Api.WaitAsync(await Api.StartAsync(CancelNewest, new LabInput(Group, new LabStep(0))));
            Assert.Equal(("Cancelled", "GateFull", null), (refused.Status, refused.Stop?.Reason, refused.StartedAt));
            await Api.CancelAsync(run, grace: how == "is ended by force" ? "0s" : Lab.LongGrace);
        }

        run = await Api.WaitAsync(run);
        Assert.Equal((status, how == "is ended by force"), (run.Status, run.Stop?.Forced == true));
        await Eventually.GetAsync(() => Api.GateAsync(CancelNewest, Group), gate => gate.Holders is []);

        Assert.Equal("Succeeded", (await Api.WaitAsync(await Api.StartAsync(CancelNewest, new LabInput(Group, new LabStep(0))))).Status);
    }

    [Fact]
    public async Task A_run_terminated_past_the_app_gives_its_slot_on()
    {
        Run[] holders = await HoldQueueAsync();
        Run next = await QueueUpAsync();

        (await Api.SendAsync(HttpMethod.Post, $"/runtime/webhooks/durabletask/instances/{holders[0].Id}/terminate?reason=a%20test")).Expect(HttpStatusCode.Accepted);

        await Api.WaitForWorkAsync(next);
        Assert.True((await Api.WaitAsync(holders[0])).HasEnded);
        Gate gate = await Api.GateAsync(Lab.Queue, Group);
        Assert.Equal([holders[1].Id, next.Id], gate.Holders.Select(holder => holder.RunId));
        Assert.Equal(1, gate.Healed);
    }

    [Fact]
    public async Task A_run_that_somebody_has_suspended_can_be_cancelled()
    {
        Run[] holders = await HoldQueueAsync();
        Run next = await QueueUpAsync();
        (await Api.SendAsync(HttpMethod.Post, $"/runtime/webhooks/durabletask/instances/{holders[0].Id}/suspend?reason=a%20test")).Expect(HttpStatusCode.Accepted);
        await Eventually.GetAsync(
            async () => (await Api.ReadAsync($"runs/{holders[0].Id}/explain")).Read<Explanation>(HttpStatusCode.OK).Text,
            text => text.Contains("suspended", StringComparison.Ordinal));

        await Api.CancelAsync(holders[0]);

        Assert.Equal(("Cancelled", "Requested"), await StateAsync(holders[0]));
        await Api.WaitForWorkAsync(next);

        async Task<(string, string?)> StateAsync(Run run)
        {
            run = await Api.WaitAsync(run);
            return (run.Status, run.Stop?.Reason);
        }
    }

    [Fact]
    public async Task A_step_over_its_own_time_ends_its_run_as_timed_out()
    {
        object input = new { group = Group, stepTimeout = "1s", steps = new[] { Long } };

        Run run = await Api.WaitAsync(await StartAsync(Lab.Plain, new { input }));

        Assert.Equal(("TimedOut", null), (run.Status, run.Stop));
        Assert.Contains("1s", run.Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancel_between_attempts_ends_the_retries()
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0) { FailTimes = 99 }) { Retries = 99 });
        await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Attempt > 1);

        await Api.CancelAsync(run);

        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", "Requested"), (run.Status, run.Stop?.Reason));
        Assert.InRange(run.Attempt, 2, 99);
    }

    [Fact]
    public async Task Children_of_a_run_that_an_event_ends_stop_too()
    {
        string name = $"over-{Guid.NewGuid():N}";
        Run parent = await Api.StartAsync(Lab.Children, new LabInput(Group, Long) { Children = new[] { new LabInput(Group, Long), new LabInput(Group, Long) }, EndWhen = $"event {name}" });
        IReadOnlyList<Run> children = (await Eventually.GetAsync(
            () => Api.ListAsync($"workflow={Lab.Plain}&parentId={parent.Id}"), page => page.Items.Count == 2 && page.Items.All(child => child.IsAtWork))).Items;

        (await Api.PostAsync($"events/{name}", new { })).Expect(HttpStatusCode.Accepted);

        Assert.Equal("EndCondition", (await Api.WaitAsync(parent)).Stop?.Reason);
        Assert.All(await Api.WaitAllAsync(children), child => Assert.Equal(("Cancelled", "Parent"), (child.Status, child.Stop?.Reason)));
    }
}
