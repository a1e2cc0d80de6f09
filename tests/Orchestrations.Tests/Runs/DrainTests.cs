using Microsoft.DurableTask;

namespace Preempt.Tests.Runs;

/// <summary>Draining, stopping and resuming the app: whole runs on the embedded runtime with a skipped clock.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void While_the_app_drains_runs_go_on_to_their_ends_and_none_is_admitted()
    {
        string[] running = [_app.Start("queued", new Work(60)), _app.Start("queued", new Work(90))];
        string atGate = _app.Start("queued", new Work(1));
        _app.UntilRunning(running[1]);
        AppStatus draining = Drain();
        Assert.Equal((AppMode.Draining, false), (draining.Mode, draining.IsDrained));
        string gated = _app.Start("queued", new Work(1));
        string ungated = _app.Start("ungated", new Work(1));
        _app.Host.Advance(TimeSpan.FromHours(2));

        Assert.All(running, id => Assert.Equal(RunStatus.Succeeded, _app.Get(id).Status));
        Assert.All([atGate, gated, ungated], id => Assert.Equal(RunStatus.Queued, _app.Get(id).Status));
        AppStatus drained = _app.Host.Run(() => _app.Runs.GetStatusAsync());
        Assert.Equal((AppMode.Draining, true, 0), (drained.Mode, drained.IsDrained, drained.Running));

        Assert.Equal(AppMode.Running, Resume().Mode);
        Assert.All([atGate, gated, ungated], id => Assert.Equal(RunStatus.Succeeded, _app.End(id).Status));
        Assert.True(_app.Get(atGate).StartedAt - _app.Get(ungated).QueuedAt >= TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_immediate_or_a_second_drain_stops_the_runs(bool immediate)
    {
        string id = _app.Start("ungated", new Work(3000));
        string[] queued = [.. Enumerable.Range(0, 3).Select(_ => _app.Start("queued", new Work(3000)))];
        _app.UntilRunning(id);
        _app.Until(queued[1], run => run.Status == RunStatus.Running);
        if (!immediate)
            Drain();
        Assert.Equal(AppMode.Stopping, Drain(immediate).Mode);
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Cancelled, StopReason.Shutdown), (ended.Status, ended.Stop!.Reason));
        Assert.Equal((StepStatus.Cancelled, StopReason.Shutdown), (ended.Steps[0].Status, ended.Steps[0].StopReason));
        _app.Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(RunStatus.Queued, _app.Get(queued[2]).Status);
        Resume();
        Assert.Equal(RunStatus.Succeeded, _app.End(queued[2]).Status);
    }

    [Fact]
    public void Starts_can_be_refused_meanwhile()
    {
        Drain(refuse: true);
        Assert.Throws<AppDrainingException>(() => _app.Start("ungated", new Work(1)));
        Script script = new("k", Code(new Work(1)));
        string patient = _app.Host.Run(() => _app.Runs.StartAsync("ungated", script, waitWhileDraining: true)).Id;
        Assert.Equal(RunStatus.Queued, _app.Get(patient).Status);
        Resume();
        Assert.Equal(RunStatus.Succeeded, _app.End(patient).Status);
        Assert.Equal(RunStatus.Succeeded, _app.End(_app.Start("ungated", new Work(1))).Status);
    }

    [Fact]
    public void A_run_goes_on_to_its_end_with_children_that_it_starts_meanwhile()
    {
        string child = Code(new Work(5));
        string parent = _app.Start("ungated", async run =>
        {
            await run.DelayAsync("10s");
            return await run.CallWorkflowAsync<OneRun, string>(new Script("c", child));
        });
        _app.Until(parent, run => run.Status == RunStatus.Running);
        Drain();
        Assert.Equal(RunStatus.Succeeded, _app.End(parent).Status);
    }

    [Fact]
    public void A_run_that_waits_for_the_app_can_be_cancelled()
    {
        Drain();
        string id = _app.Start("one-run", new Work(1));
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        _app.Cancel(id);
        Assert.Equal(RunStatus.Cancelled, _app.End(id).Status);
        Assert.Empty(_app.Log.Started);
    }

    [Fact]
    public void A_run_that_waits_for_the_app_waits_no_longer_than_its_schedule_timeout()
    {
        _app.Host.Run(() => _app.Runs.DrainAsync());
        ScriptedWorkflow.Codes["held"] = run => run.CallStepAsync<Worker, string>(new Work(1));
        StartOptions options = new() { ScheduleTimeout = "10 minutes" };
        DateTimeOffset accepted = _app.Host.Now;

        Run ended = _app.End(_app.Host.Run(() => _app.Runs.StartAsync("ungated", new Script("k", "held"), options)).Id);

        Assert.Equal((RunStatus.TimedOut, StopReason.ScheduleTimeout), (ended.Status, ended.Stop?.Reason));
        Assert.Equal(TimeSpan.FromMinutes(10), ended.EndedAt - accepted);
    }

    [Fact]
    public void A_drain_survives_a_crash_and_so_do_the_runs_that_wait()
    {
        string running = _app.Start("ungated", new Work(100));
        _app.UntilRunning(running);
        Drain();
        string waits = _app.Start("ungated", new Work(1));
        _app.Host.Crash();
        Assert.Equal(AppMode.Draining, _app.Host.Run(() => _app.Runs.GetStatusAsync()).Mode);
        Assert.Equal(RunStatus.Succeeded, _app.End(running).Status);
        _app.Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(RunStatus.Queued, _app.Get(waits).Status);
        Resume();
        Assert.Equal(RunStatus.Succeeded, _app.End(waits).Status);
    }

    [Fact]
    public void A_run_that_nobody_told_of_the_end_of_the_drain_finds_out_by_itself()
    {
        Drain();
        string waits = _app.Start("ungated", new Work(1));
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        Resume();
        _app.Terminate(AppSwitch.InstanceOf(2));
        Run ended = _app.End(waits, TimeSpan.FromMinutes(10));
        Assert.Equal(RunStatus.Succeeded, ended.Status);
    }

    [Fact]
    public void A_change_that_was_lost_and_made_again_as_another_stops_no_run()
    {
        string running = _app.Start("ungated", new Work(100));
        _app.UntilRunning(running);
        // A batch of the switch's operations began this and was lost; done again, it drains without stopping.
        AppState lost = new() { Mode = AppMode.Stopping, Generation = 1, Since = _app.Host.Now };
        _app.Host.Run(() => _app.Host.Client.ScheduleNewOrchestrationInstanceAsync(
            PreemptFunctions.ApplyMode, lost, new StartOrchestrationOptions(AppSwitch.InstanceOf(1))));
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RunStatus.Running, _app.Get(running).Status);

        Drain();
        string waits = _app.Start("ungated", new Work(1));
        Assert.Equal(RunStatus.Succeeded, _app.End(running).Status);
        Assert.Equal(RunStatus.Queued, _app.Get(waits).Status);
        Resume();
        Assert.Equal(RunStatus.Succeeded, _app.End(waits).Status);
    }

    [Fact]
    public void A_resume_without_a_drain_changes_nothing()
    {
        AppStatus status = Resume();
        Assert.Equal((AppMode.Running, null), (status.Mode, status.Since));
    }

    private AppStatus Drain(bool immediate = false, bool refuse = false) => _app.Host.Run(() => _app.Runs.DrainAsync(immediate, refuse));

    private AppStatus Resume() => _app.Host.Run(() => _app.Runs.ResumeAsync());

    private static string Code(Work work)
    {
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = run => run.CallStepAsync<Worker, string>(work);
        return name;
    }
}
