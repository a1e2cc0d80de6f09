using CsCheck;

namespace Preempt.Tests.Runs;

/// <summary>Retries, step timeouts, extensions and runs that stop themselves.</summary>
public sealed class RetryTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    private static StepOptions Retry(int attempts, Duration? timeout = null) => new()
    {
        Timeout = timeout ?? Duration.Never,
        Retry = new RetryPolicy { MaxAttempts = attempts, FirstDelay = "10s", Backoff = 2, MaxDelay = "30s" },
    };

    [Fact]
    public void Pauses_grow_up_to_the_longest_and_end_with_the_attempts() =>
        Gen.Select(Gen.Int[1, 100], Gen.Double[1, 10], Gen.Int[0, 1000], Gen.Int[0, 1000]).Sample((attempts, backoff, first, most) =>
        {
            RetryPolicy policy = new()
            {
                MaxAttempts = attempts,
                Backoff = backoff,
                FirstDelay = Duration.FromSeconds(first),
                MaxDelay = Duration.FromSeconds(most),
            };
            TimeSpan?[] delays = [.. Enumerable.Range(1, attempts).Select(policy.DelayAfter)];
            Assert.Null(delays[^1]);
            Assert.All(delays[..^1], delay => Assert.True(delay <= TimeSpan.FromSeconds(most)));
            Assert.Equal(delays[..^1].Order(), delays[..^1]);
        });

    [Fact]
    public void A_step_is_tried_again_after_growing_pauses()
    {
        string id = _app.Start("ungated", run => run.CallStepAsync<Worker, string>(new Work(1, Fail: true), Retry(4)));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Failed, "told to fail"), (ended.Status, ended.Error!.Message));
        Assert.Equal((4, 4), (ended.Attempt, _app.Log.Started.Count));
        // Four attempts of a second, and pauses of 10, 20 and 30 seconds.
        Assert.Equal(64, (ended.EndedAt - ended.StartedAt)!.Value.TotalSeconds);
        RunStep step = Assert.Single(ended.Steps);
        DateTimeOffset start = ended.StartedAt!.Value;
        Assert.Equal(
            [(1, StepStatus.Failed, 0, 1), (2, StepStatus.Failed, 11, 12), (3, StepStatus.Failed, 32, 33)],
            step.EarlierAttempts.Select(attempt => (
                attempt.Attempt, attempt.Status, Math.Round((attempt.StartedAt - start).TotalSeconds), Math.Round((attempt.EndedAt - start).TotalSeconds))));
        Assert.Equal((63, 64), (Math.Round((step.StartedAt - start).TotalSeconds), Math.Round((step.EndedAt!.Value - start).TotalSeconds)));
    }

    [Fact]
    public void A_step_that_takes_too_long_has_failed_and_is_tried_again()
    {
        string id = _app.Start("ungated", run => run.CallStepAsync<Worker, string>(new Work(60), Retry(2, "5s")));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.TimedOut, "System.TimeoutException"), (ended.Status, ended.Error!.Type));
        Assert.Equal((StepStatus.TimedOut, 2), (ended.Steps[0].Status, ended.Steps[0].Attempt));
        Assert.Equal(StepStatus.TimedOut, Assert.Single(ended.Steps[0].EarlierAttempts).Status);
        Assert.Equal(20, (ended.EndedAt - ended.StartedAt)!.Value.TotalSeconds);
        Assert.Null(ended.Stop);
    }

    [Fact]
    public void A_stop_ends_the_pause_between_attempts_and_nothing_is_tried_again()
    {
        string id = _app.Start("ungated", run => run.CallStepAsync<Worker, string>(new Work(1, Fail: true), Retry(10)));
        _app.Until(id, run => run.Steps is [{ Status: StepStatus.Failed }]);
        _app.Cancel(id);
        Run ended = _app.End(id);
        Assert.Equal(RunStatus.Cancelled, ended.Status);
        Assert.Single(_app.Log.Started);
        Assert.True(ended.EndedAt - ended.StartedAt < TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(2, RunStatus.Cancelled)]
    [InlineData(1, RunStatus.Failed)]
    public void A_step_that_fails_after_the_stop_is_cancelled_only_where_it_had_attempts_left(int attempts, RunStatus status)
    {
        string id = _app.Start("ungated", run => run.CallStepAsync<Worker, string>(new Work(30, IgnoreStop: true, Fail: true), Retry(attempts)));
        _app.Until(id, _ => _app.Log.Running.Count > 0);
        _app.Cancel(id);

        Run ended = _app.End(id);

        Assert.Equal((status, StopReason.Requested, false), (ended.Status, ended.Stop?.Reason, ended.Stop?.Forced));
        Assert.Equal(StepStatus.Failed, Assert.Single(ended.Steps).Status);
        Assert.Single(_app.Log.Started);
    }

    [Fact]
    public void A_run_that_times_out_is_not_tried_again()
    {
        string id = _app.Start("one-run", run => run.CallStepAsync<Worker, string>(new Work(7200), Retry(5)));
        Assert.Equal(RunStatus.TimedOut, _app.End(id).Status);
        Assert.Single(_app.Log.Started);
    }

    [Fact]
    public void More_time_is_added_to_what_is_left_as_often_as_it_is_given()
    {
        string id = _app.Start("one-run", new Work(100_000));
        _app.Host.Advance(TimeSpan.FromMinutes(30));
        _app.Host.Run(() => _app.Runs.ExtendAsync(id, "20m"));
        _app.Host.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(RunStatus.Running, _app.Get(id).Status);
        _app.Host.Run(() => _app.Runs.ExtendAsync(id, "10m"));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.TimedOut, 90d), (ended.Status, (ended.EndedAt - ended.StartedAt)!.Value.TotalMinutes));
    }

    [Fact]
    public void A_run_can_be_given_all_the_time_there_is()
    {
        string id = _app.Start("one-run", async run =>
        {
            run.ExtendTimeout("never");
            return await run.CallStepAsync<Worker, string>(new Work(7200));
        });
        Assert.Equal(RunStatus.Succeeded, _app.End(id).Status);
    }

    [Fact]
    public void A_run_that_stops_is_given_no_more_time()
    {
        string id = _app.Start("one-run", new Work(100_000, IgnoreStop: true));
        _app.UntilRunning(id);
        _app.Cancel(id);
        Assert.Throws<RunConflictException>(() => _app.Host.Run(() => _app.Runs.ExtendAsync(id, "20m")));
    }

    [Fact]
    public void A_run_can_ask_itself_to_stop()
    {
        string id = _app.Start("ungated", async run =>
        {
            run.Cancel("seen enough");
            return await run.CallStepAsync<Worker, string>(new Work(1));
        });
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Cancelled, StopReason.Self, "seen enough"), (ended.Status, ended.Stop!.Reason, ended.Stop.Message));
        Assert.Empty(_app.Log.Started);
    }
}
