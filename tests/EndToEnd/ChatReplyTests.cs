using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class ChatReplyTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Newer_message_of_a_user_supersedes_the_reply_to_the_older_one()
    {
        Run first = await StartAsync("What is the weather like?", seconds: 60);
        await Api.WaitForWorkAsync(first);

        Run second = await StartAsync("In Bergen, I mean.", seconds: 0.2);

        first = await Api.WaitAsync(first);
        Assert.Equal("Cancelled", first.Status);
        Assert.Equal("Superseded", first.Stop?.Reason);
        Assert.Equal(second.Id, first.Stop?.SupersededBy);
        Assert.False(first.Stop?.Forced);
        Assert.Null(first.Output);
        RunStep stopped = Assert.Single(first.Steps);
        Assert.Equal(("think", "Cancelled", "Superseded"), (stopped.Name, stopped.Status, stopped.StopReason));
        Assert.NotNull(stopped.EndedAt);

        second = await Api.WaitAsync(second);
        Assert.Equal("Succeeded", second.Status);
        Assert.Null(second.Stop);
        Assert.Equal(JsonValueKind.String, second.Output?.ValueKind);
        Assert.Equal([("think", "Succeeded"), ("reply", "Succeeded")], second.Steps.Select(step => (step.Name, step.Status)));
        Assert.True(second.StartedAt >= first.Steps[0].EndedAt, "The newer reply began before the older one had stopped.");
    }

    [Fact]
    public async Task Users_do_not_supersede_each_other()
    {
        Run one = await StartAsync("Hello?", seconds: 1);
        Run other = await Api.StartAsync("chat-reply", new { userId = $"{Group}-other", message = "Hello!", seconds = 1 });

        Run[] runs = await Api.WaitAllAsync([one, other]);

        Assert.All(runs, run => Assert.Equal("Succeeded", run.Status));
    }

    [Fact]
    public async Task Think_reports_its_progress()
    {
        Run run = await StartAsync("How far are you?", seconds: 60);

        run = await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Progress?.Fraction > 0);

        Assert.InRange(run.Progress!.Fraction, 0, 1);
    }

    private Task<Run> StartAsync(string message, double seconds) =>
        Api.StartAsync("chat-reply", new { userId = Group, message, seconds });
}
