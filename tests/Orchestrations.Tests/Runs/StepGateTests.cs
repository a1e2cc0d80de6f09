namespace Preempt.Tests.Runs;

/// <summary>Rules around steps: whole runs on the embedded runtime with a skipped clock.</summary>
public sealed class StepGateTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_newer_step_supersedes_the_older_one_and_not_its_run()
    {
        string older = Start("gated-step", new Work(60));
        _app.UntilRunning(older);
        string newer = Start("gated-step", new Work(5));
        Run first = _app.End(older);
        Run second = _app.End(newer);
        Assert.Equal((RunStatus.Succeeded, $"Superseded by {newer}"), (first.Status, first.Output?.GetString()));
        Assert.Null(first.Stop);
        Assert.Equal((StepStatus.Cancelled, StopReason.Superseded), (first.Steps[0].Status, first.Steps[0].StopReason));
        Assert.Equal((RunStatus.Succeeded, "done"), (second.Status, second.Output?.GetString()));
        Assert.Equal(1, _app.Log.MostAtOnce);
        Assert.True(second.Steps[0].StartedAt >= first.Steps[0].EndedAt);
    }

    [Fact]
    public void A_run_whose_code_lets_the_stop_of_its_step_out_is_cancelled()
    {
        string older = _app.Start("gated-step", new Work(60));
        _app.UntilRunning(older);
        string newer = _app.Start("gated-step", new Work(5));
        Run ended = _app.End(older);
        Assert.Equal((RunStatus.Cancelled, StopReason.Superseded, newer), (ended.Status, ended.Stop!.Reason, ended.Stop.SupersededBy));
    }

    [Fact]
    public void A_superseded_step_that_ignores_its_token_is_abandoned_and_its_slot_given_on()
    {
        string older = Start("gated-step", new Work(3000, IgnoreStop: true));
        _app.UntilRunning(older);
        string newer = Start("gated-step", new Work(5));
        Run second = _app.End(newer);
        Run first = _app.End(older);
        Assert.Equal(RunStatus.Succeeded, second.Status);
        Assert.Equal((StepStatus.Abandoned, null), (first.Steps[0].Status, first.Steps[0].EndedAt));
        Assert.True(first.Stop is null && first.Status == RunStatus.Succeeded);
        Assert.InRange((second.Steps[0].StartedAt - first.StartedAt!.Value).TotalSeconds, 10, 11);
    }

    [Fact]
    public void An_abandoned_step_that_ends_before_its_run_is_on_record_as_it_ended()
    {
        string older = _app.Start("gated-step", async run =>
        {
            await Assert.ThrowsAsync<StepStoppedException>(() => run.CallStepAsync<Worker, string>(new Work(30, IgnoreStop: true)));
            await run.DelayAsync("1 minute");
            return "went on";
        });
        _app.UntilRunning(older);
        _app.End(Start("gated-step", new Work(5)));
        Run ended = _app.End(older);
        Assert.Equal((RunStatus.Succeeded, StepStatus.Succeeded), (ended.Status, ended.Steps[0].Status));
        Assert.Equal(30, (ended.Steps[0].EndedAt - ended.StartedAt)!.Value.TotalSeconds);
    }

    [Fact]
    public void Steps_of_many_runs_take_turns_and_all_get_theirs()
    {
        string[] ids = [.. Enumerable.Range(0, 4).Select(_ => _app.Start("queued-step", new Work(5)))];
        Run[] ended = [.. ids.Select(id => _app.End(id))];
        Assert.All(ended, run => Assert.Equal(RunStatus.Succeeded, run.Status));
        Assert.Equal(2, _app.Log.MostAtOnce);
        Assert.Equal(10, (ended.Max(run => run.EndedAt) - ended.Min(run => run.StartedAt))!.Value.TotalSeconds);
    }

    [Fact]
    public void A_step_that_finds_the_queue_full_is_turned_away()
    {
        string[] waiting = [.. Enumerable.Range(0, 4).Select(_ => _app.Start("queued-step", new Work(5)))];
        _app.Until(waiting[3], run => run.Steps is [{ Status: StepStatus.Queued }]);
        string id = _app.Start("queued-step", async run =>
        {
            StepStoppedException exception = await Assert.ThrowsAsync<StepStoppedException>(
                () => run.CallStepAsync<Worker, string>(new Work(5)));
            return exception.Stop.Reason.ToString();
        });
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Succeeded, "GateFull"), (ended.Status, ended.Output?.GetString()));
    }

    [Fact]
    public void A_run_that_is_cancelled_while_its_step_waits_leaves_the_line()
    {
        string[] ahead = [_app.Start("queued-step", new Work(500)), _app.Start("queued-step", new Work(500))];
        _app.UntilRunning(ahead[1]);
        string waits = _app.Start("queued-step", new Work(5));
        _app.Until(waits, run => run.Steps is [{ Status: StepStatus.Queued }]);
        string next = _app.Start("queued-step", new Work(5));
        _app.Cancel(waits);
        Run cancelled = _app.End(waits);
        Assert.Equal((RunStatus.Cancelled, StepStatus.Cancelled), (cancelled.Status, cancelled.Steps[0].Status));
        Assert.Equal(RunStatus.Succeeded, _app.End(next).Status);
        Assert.DoesNotContain(waits, _app.Log.Started);
    }

    [Fact]
    public void A_slot_of_a_step_whose_run_was_terminated_from_outside_is_given_on()
    {
        string[] dead = [_app.Start("queued-step", new Work(50_000)), _app.Start("queued-step", new Work(50_000))];
        _app.UntilRunning(dead[0]);
        _app.UntilRunning(dead[1]);
        _app.Terminate(dead[0]);
        string waits = _app.Start("queued-step", new Work(5));
        Run ended = _app.End(waits, TimeSpan.FromMinutes(5));
        Assert.Equal(RunStatus.Succeeded, ended.Status);
    }

    [Fact]
    public void A_step_has_the_fencing_token_of_its_own_gate()
    {
        string[] tokens = [.. Enumerable.Range(0, 3).Select(_ => _app.End(_app.Start(
            "gated-step", run => run.CallStepAsync<Worker, string>(new Work(1, ReturnToken: true)))).Output!.Value.GetString()!)];
        Assert.Equal(["1", "2", "3"], tokens);
    }

    private string Start(string workflow, Work work) => _app.Start(workflow, async run =>
    {
        try
        {
            return await run.CallStepAsync<Worker, string>(work);
        }
        catch (StepStoppedException exception)
        {
            return $"{exception.Stop.Reason} by {exception.Stop.SupersededBy}";
        }
    });
}
