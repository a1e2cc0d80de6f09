using Preempt.EndToEnd.Hosting;

namespace Preempt.Client.Tests;

public sealed class RunTests(AppUnderTest app) : ClientTests(app)
{
    [Fact]
    public async Task A_started_run_is_waited_for_until_it_has_ended()
    {
        StartOptions options = new()
        {
            Metadata = new Dictionary<string, string> { ["region"] = "eu" },
            Timeout = TimeSpan.FromMinutes(1.5),
            Priority = 3,
        };
        Run started = await Client.StartAsync(Lab.Queue, Lab.Input(Group, 0.1, 0.2), options, TestEnd);
        Run ended = await Client.WaitAsync(started.Id, Timeout.InfiniteTimeSpan, TestEnd);

        Assert.Equal((Lab.Queue, Group, RunStatus.Succeeded), (ended.Workflow, ended.Key, ended.Status));
        Assert.Equal("[0.1,0.2]", ended.Output?.GetRawText());
        Assert.Equal("eu", ended.Metadata["region"]);
        Assert.Single(ended.FencingTokens);
        Assert.Equal([StepStatus.Succeeded, StepStatus.Succeeded], ended.Steps.Select(step => step.Status));
        Assert.True(ended.QueuedAt <= ended.StartedAt && ended.StartedAt <= ended.EndedAt);
        Assert.Null(ended.Stop);
    }

    [Fact]
    public async Task A_wait_that_is_over_returns_the_run_as_it_is()
    {
        Run run = await StartLongAsync(Lab.Plain);
        Run waited = await Client.WaitAsync(run.Id, TimeSpan.FromMilliseconds(300), TestEnd);
        Assert.Equal(RunStatus.Running, waited.Status);
        await EndAsync(run);
    }

    [Fact]
    public async Task A_wait_ends_with_its_token()
    {
        Run run = await StartLongAsync(Lab.Plain);
        using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client.WaitAsync(run.Id, Timeout.InfiniteTimeSpan, patience.Token));
        await EndAsync(run);
    }

    [Fact]
    public async Task One_idempotency_key_starts_one_run()
    {
        (Run first, bool firstIsNew) = await Client.StartOnceAsync(Lab.Plain, Lab.Input(Group, 0), Group, cancellationToken: TestEnd);
        (Run second, bool secondIsNew) = await Client.StartOnceAsync(Lab.Plain, Lab.Input(Group, 0), Group, cancellationToken: TestEnd);
        Assert.Equal((first.Id, true, false), (second.Id, firstIsNew, secondIsNew));
    }

    [Fact]
    public async Task A_cancelled_run_says_why_and_by_when()
    {
        Run run = await StartLongAsync(Lab.Plain);
        Run stopping = await Client.CancelAsync(run.Id, new CancelOptions("no longer needed", TimeSpan.FromSeconds(90)), TestEnd);
        Run ended = await Client.WaitAsync(run.Id, TimeSpan.FromMinutes(1), TestEnd);

        Assert.Equal(TimeSpan.FromSeconds(90), stopping.Stop?.Grace);
        Assert.Equal(RunStatus.Cancelled, ended.Status);
        Assert.Equal((StopReason.Requested, "no longer needed"), (ended.Stop?.Reason, ended.Stop?.Message));
        Assert.Equal(StopReason.Requested, Assert.Single(ended.Steps).StopReason);
    }

    [Fact]
    public async Task A_newer_run_supersedes_the_older_one()
    {
        Run older = await StartLongAsync(Lab.CancelInProgress);
        Run newer = await Client.StartAsync(Lab.CancelInProgress, Lab.Input(Group, 0), cancellationToken: TestEnd);
        Run ended = await Client.WaitAsync(older.Id, TimeSpan.FromMinutes(1), TestEnd);
        Assert.Equal((StopReason.Superseded, newer.Id), (ended.Stop?.Reason, ended.Stop?.SupersededBy));
    }

    [Fact]
    public async Task A_run_is_given_more_time()
    {
        // Long enough for the extension to come in time on a slow machine.
        StartOptions options = new() { Timeout = TimeSpan.FromSeconds(20) };
        Run run = await Client.StartAsync(Lab.Plain, Lab.Input(Group, 20.5), options, TestEnd);
        await Client.ExtendAsync(run.Id, TimeSpan.FromMinutes(1), cancellationToken: TestEnd);
        Assert.Equal(RunStatus.Succeeded, (await Client.WaitAsync(run.Id, TimeSpan.FromMinutes(1), TestEnd)).Status);
    }

    [Fact]
    public async Task A_failed_run_says_what_it_threw_and_where()
    {
        object input = new { group = Group, steps = new[] { new { seconds = 0, failTimes = 1 } } };
        Run run = await Client.StartAsync(Lab.Plain, input, cancellationToken: TestEnd);
        Run ended = await Client.WaitAsync(run.Id, TimeSpan.FromMinutes(1), TestEnd);
        Assert.Equal(RunStatus.Failed, ended.Status);
        Assert.Contains("told to fail", ended.Error?.Message, StringComparison.Ordinal);
        Assert.Equal("lab-work", ended.Error?.Step);
    }
}
