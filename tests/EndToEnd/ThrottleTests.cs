using System.Globalization;
using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>How often runs of a key start.</summary>
public sealed class ThrottleTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task None_starts_sooner_than_the_rate_allows()
    {
        LabInput input = new(Group, new LabStep(0));
        List<Run> started = await Api.StartManyAsync(6, "lab-throttle", input);
        Run[] ended = [.. (await Api.WaitAllAsync(started)).OrderBy(run => Assert.Single(run.FencingTokens))];

        Assert.All(ended, run => Assert.Equal("Succeeded", run.Status));
        // Two at once, and then one a second.
        DateTimeOffset first = ended[0].QueuedAt;
        Assert.All(ended.Index(), run => Assert.True(
            run.Item.StartedAt >= first.AddSeconds(run.Index - 1) - ClockError, $"number {run.Index} started {run.Item.StartedAt - first} after the first was accepted"));
        Gate gate = await Api.GateAsync("lab-throttle", Group);
        Assert.Equal((0, 0, 6), (gate.Holders.Count, gate.Waiters.Count, gate.LastToken));
    }

    [Fact]
    public async Task No_step_of_any_run_starts_sooner_than_the_rate_allows()
    {
        LabInput input = new(Group, [.. Enumerable.Repeat(new LabStep(0), 3)]);
        List<Run> started = await Api.StartManyAsync(2, "lab-step-throttle", input);
        Run[] ended = [.. await Api.WaitAllAsync(started)];

        Assert.All(ended, run => Assert.Equal("Succeeded", run.Status));
        DateTimeOffset[] ends = [.. ended.SelectMany(run => run.Steps).Select(step => step.EndedAt!.Value).Order()];
        Assert.Equal(6, ends.Length);
        DateTimeOffset first = started.Min(run => run.QueuedAt);
        Assert.All(ends.Index(), step => Assert.True(
            step.Item >= first.AddSeconds(step.Index - 1) - ClockError, $"step number {step.Index} ended {step.Item - first} after the first run was accepted"));
        Assert.Equal(6, (await Api.GateAsync("lab-step-throttle", Group)).LastToken);
    }

    [Fact]
    public async Task One_that_waits_says_when_it_starts_and_can_be_cancelled()
    {
        LabInput input = new(Group, new LabStep(0));
        List<Run> started = await Api.StartManyAsync(40, "lab-throttle", input);
        Run last = started[^1];
        await Eventually.GetAsync(() => Api.GateAsync("lab-throttle", Group), gate => gate.Waiters.Any(waiter => waiter.RunId == last.Id));
        string text = (await Api.ReadAsync($"runs/{last.Id}/explain")).Read<Explanation>(HttpStatusCode.OK).Text;
        Assert.Contains("60 starts per 1m", text, StringComparison.Ordinal);
        Assert.Contains("It can start at ", text, StringComparison.Ordinal);

        await Task.WhenAll(started[1..].Select(run => Api.SendCancelAsync(run.Id)));
        Run[] ended = [.. await Api.WaitAllAsync(started)];
        Assert.Equal("Cancelled", ended.Single(run => run.Id == last.Id).Status);
        Assert.Empty((await Api.GateAsync("lab-throttle", Group)).Waiters);
        Run next = await Api.WaitAsync(await Api.StartAsync("lab-throttle", input));
        Assert.Equal("Succeeded", next.Status);
    }

    [Fact]
    public async Task A_rate_limit_rejects_and_says_when_to_try_again()
    {
        LabInput input = new(Group, new LabStep(0));
        List<Run> started = [];
        for (int n = 0; n < 3; n++)
            started.Add(await Api.WaitAsync(await Api.StartAsync("lab-rate-limit", input)));
        Assert.All(started, run => Assert.Equal("Succeeded", run.Status));
        Run rejected = await Api.WaitAsync(await Api.StartAsync("lab-rate-limit", input));
        // On a slow machine the next may be due.
        Assert.SkipWhen(rejected.Status == "Succeeded", "The three runs took twenty seconds.");

        Assert.Equal(("Rejected", "GateFull"), (rejected.Status, rejected.Stop!.Reason));
        Assert.Equal("Too many runs of this key were started: there may be 3 starts per 1m, 3 of them at the same moment.", rejected.Stop.Message);
        Assert.InRange(rejected.Stop.RetryAt!.Value, rejected.QueuedAt, rejected.QueuedAt.AddSeconds(21));
        Answer answer = await Api.ReadAsync($"runs/{rejected.Id}");
        bool isLate = rejected.Stop.RetryAt < DateTimeOffset.UtcNow;
        Assert.True(isLate || int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture) is >= 1 and <= 21);
        // Whoever tries again then starts.
        Run again = await Eventually.GetAsync(async () => await Api.WaitAsync(await Api.StartAsync("lab-rate-limit", input)), run => run.Status == "Succeeded");
        Assert.True(again.StartedAt >= rejected.Stop.RetryAt!.Value - ClockError);
    }
}
