using Microsoft.Extensions.Logging.Abstractions;

namespace Preempt.Tests.Cancellation;

public sealed class ActiveStepsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ActiveSteps _steps = new(NullLogger<ActiveSteps>.Instance);

    private static StepCall Call(string run, int number = 1, bool shielded = false) =>
        new() { RunId = run, Number = number, Name = "step", Shielded = shielded };

    private static async Task FiredAsync(ActiveStep step)
    {
        TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = step.Token.Register(() => fired.TrySetResult());
        await fired.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_notice_reaches_the_steps_of_its_run_and_no_others()
    {
        using ActiveStep one = _steps.Enter(Call("a", 1), default);
        using ActiveStep two = _steps.Enter(Call("a", 2), default);
        using ActiveStep other = _steps.Enter(Call("b"), default);
        _steps.Apply(new StopNotice("a", StopReason.Superseded));
        await FiredAsync(one);
        await FiredAsync(two);
        Assert.Equal(StopReason.Superseded, one.Reason);
        Assert.Null(other.Reason);
    }

    [Fact]
    public async Task A_step_that_begins_after_the_notice_hears_of_it_too()
    {
        _steps.Apply(new StopNotice("a", StopReason.Requested));
        using ActiveStep late = _steps.Enter(Call("a"), default);
        Assert.Equal(StopReason.Requested, late.Reason);
        await FiredAsync(late);
    }

    [Fact]
    public async Task A_shielded_step_hears_only_of_a_forced_end()
    {
        using ActiveStep shielded = _steps.Enter(Call("a", shielded: true), default);
        _steps.Apply(new StopNotice("a", StopReason.Requested));
        Assert.Null(shielded.Reason);
        _steps.Apply(new StopNotice("a", StopReason.Requested, Force: true));
        await FiredAsync(shielded);
    }

    [Fact]
    public async Task It_is_told_that_a_token_is_about_to_fire_also_of_a_step_that_ends_at_once()
    {
        List<ActiveStep> told = [];
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ActiveStep step = _steps.Enter(Call("a"), default, told.Add);
        step.Token.Register(() =>
        {
            Assert.Same(step, Assert.Single(told));
            step.Dispose();
            ended.SetResult();
        });
        _steps.Apply(new StopNotice("a", StopReason.Requested));
        await ended.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task It_is_not_told_of_a_step_that_was_stopped_before_it_began()
    {
        List<ActiveStep> told = [];
        _steps.Apply(new StopNotice("a", StopReason.Requested));
        using ActiveStep step = _steps.Enter(Call("a"), default, told.Add);
        await FiredAsync(step);
        Assert.Empty(told);
    }

    [Fact]
    public void It_is_told_of_progress_and_of_the_end_of_a_step_that_has_made_some()
    {
        List<(int Step, double? Fraction, bool HasEnded)> told = [];
        _steps.ProgressChanged += changed => told.Add((changed.Call.Number, changed.Progress?.Fraction, changed.HasEnded));
        _steps.Enter(Call("a", 1), default).Dispose();
        using (ActiveStep step = _steps.Enter(Call("a", 2), default))
        {
            step.Report(new RunProgress(0.5));
            Assert.Equal([new StepReport(2, 1, new RunProgress(0.5))], _steps.FindReports("a"));
        }

        Assert.Equal([(2, 0.5, false), (2, 0.5, true)], told);
        Assert.Empty(_steps.FindReports("a"));
    }

    [Fact]
    public async Task A_notice_for_one_step_leaves_the_others_alone()
    {
        using ActiveStep one = _steps.Enter(Call("a", 1), default);
        using ActiveStep two = _steps.Enter(Call("a", 2), default);
        _steps.Apply(new StopNotice("a", StopReason.Self, Step: 2));
        await FiredAsync(two);
        Assert.Null(one.Reason);
    }

    [Fact]
    public async Task The_first_reason_stands()
    {
        using CancellationTokenSource host = new();
        using ActiveStep step = _steps.Enter(Call("a"), host.Token);
        _steps.Apply(new StopNotice("a", StopReason.Timeout));
        host.Cancel();
        await FiredAsync(step);
        Assert.Equal(StopReason.Timeout, step.Reason);
    }

    [Fact]
    public async Task The_hosts_shutdown_reaches_every_step_shielded_or_not()
    {
        using CancellationTokenSource host = new();
        using ActiveStep shielded = _steps.Enter(Call("a", shielded: true), host.Token);
        host.Cancel();
        await FiredAsync(shielded);
        Assert.Equal(StopReason.Shutdown, shielded.Reason);
    }

    [Fact]
    public void Memory_for_notices_is_bounded()
    {
        for (int run = 0; run < 10_001; run++)
            _steps.Apply(new StopNotice($"run-{run}", StopReason.Requested));
        using ActiveStep forgotten = _steps.Enter(Call("run-0"), default);
        using ActiveStep remembered = _steps.Enter(Call("run-10000"), default);
        Assert.Null(forgotten.Reason);
        Assert.Equal(StopReason.Requested, remembered.Reason);
    }

    [Fact]
    public void Memory_for_the_notices_of_one_run_is_bounded()
    {
        for (int step = 1; step <= 101; step++)
            _steps.Apply(new StopNotice("a", StopReason.Requested, Step: step));
        using ActiveStep forgotten = _steps.Enter(Call("a", 1), default);
        using ActiveStep remembered = _steps.Enter(Call("a", 2), default);
        Assert.Null(forgotten.Reason);
        Assert.Equal(StopReason.Requested, remembered.Reason);
    }

    [Fact]
    public void A_stop_that_is_asked_for_again_and_again_is_remembered_once()
    {
        _steps.Apply(new StopNotice("a", StopReason.Superseded, Step: 7));
        for (int time = 0; time < 1_000; time++)
            _steps.Apply(new StopNotice("a", StopReason.Requested, RequestedAt: DateTimeOffset.UnixEpoch.AddSeconds(time)));
        using ActiveStep seventh = _steps.Enter(Call("a", 7), default);
        Assert.Equal(StopReason.Superseded, seventh.Reason);
    }

    [Fact]
    public void A_notice_of_an_earlier_run_of_the_id_concerns_nobody()
    {
        _steps.Apply(new StopNotice("a", StopReason.Requested, Life: "first"));
        using ActiveStep step = _steps.Enter(Call("a") with { Life = "second" }, default);
        using ActiveStep unknown = _steps.Enter(Call("a", 2), default);
        Assert.Null(step.Reason);
        Assert.Equal(StopReason.Requested, unknown.Reason);
    }

    [Fact]
    public async Task Code_that_throws_when_its_token_fires_harms_nobody_else()
    {
        using ActiveStep bad = _steps.Enter(Call("a", 1), default);
        using ActiveStep good = _steps.Enter(Call("a", 2), default);
        bad.Token.Register(() => throw new InvalidOperationException("bad code"));
        _steps.Apply(new StopNotice("a", StopReason.Requested));
        await FiredAsync(good);
    }
}
