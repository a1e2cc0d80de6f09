namespace Preempt.Tests.Runs;

/// <summary>What can be done with one run, from outside and from its own steps.</summary>
public sealed class RunHandleTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_handle_watches_and_stops_its_run()
    {
        RunHandle handle = Handle(_app.Start("ungated", new Work(60)));
        _app.UntilRunning(handle.Id);
        Assert.Equal(RunStatus.Running, _app.Host.Run(() => handle.GetStatusAsync()));
        TimeoutException late = Assert.Throws<TimeoutException>(() => _app.Host.Run(() => handle.WaitAsync("10s")));
        Assert.Contains("Running", late.Message, StringComparison.Ordinal);
        _app.Host.Run(() => handle.CancelAsync());
        Assert.Equal(RunStatus.Cancelled, _app.Host.Run(() => handle.WaitAsync("1 minute")).Status);
        _app.Host.Run(() => Done(handle.DeleteAsync()));
        Assert.Throws<UnknownRunException>(() => _app.Host.Run(() => handle.GetAsync()));
    }

    [Fact]
    public void A_run_that_has_not_ended_is_not_deleted()
    {
        RunHandle handle = Handle(_app.Start("ungated", new Work(60)));
        _app.UntilRunning(handle.Id);
        RunConflictException refused = Assert.Throws<RunConflictException>(() => _app.Host.Run(() => Done(handle.DeleteAsync())));
        Assert.Equal(RunStatus.Running, refused.Run.Status);
        Assert.Equal(RunStatus.Succeeded, _app.End(handle.Id).Status);
    }

    [Fact]
    public void A_run_that_is_cancelled_to_be_deleted_is_gone_once_it_has_ended()
    {
        RunHandle handle = Handle(_app.Start("ungated", new Work(30, IgnoreStop: true)));
        _app.UntilRunning(handle.Id);
        Run stopping = _app.Host.Run(() => handle.CancelAsync(new CancelOptions(Delete: true)));
        Assert.Equal(RunStatus.Stopping, stopping.Status);
        _app.Host.Run(() => handle.CancelAsync(new CancelOptions(Delete: true)));
        _app.Host.Advance(TimeSpan.FromMinutes(5));
        Assert.Throws<UnknownRunException>(() => _app.Host.Run(() => handle.GetAsync()));
    }

    [Fact]
    public void Deleted_runs_leave_nothing_behind()
    {
        for (int i = 0; i < 5; i++)
        {
            string id = _app.Start("ungated", new Work(60));
            _app.UntilRunning(id);
            _app.Cancel(id, new CancelOptions(Delete: true));
            _app.Host.Advance(TimeSpan.FromMinutes(1));
        }

        _app.Host.Advance(TimeSpan.FromHours(2));
        _app.Cancel(_app.Start("ungated", new Work(60)), new CancelOptions(Delete: true));
        _app.Host.Advance(TimeSpan.FromMinutes(1));

        // What deleted the last run waits for the next clean-up.
        Assert.Equal([KeptIds.CleanUp, KeptIds.Deletions], Instances().Select(id => id.StartsWith(KeptIds.Deletions, StringComparison.Ordinal) ? KeptIds.Deletions : id).Order());
    }

    [Fact]
    public void A_step_gives_itself_and_its_run_more_time()
    {
        string id = _app.Start("one-run", run => run.CallStepAsync<Worker, string>(
            new Work(5000) { ExtendBy = "1h" }, new StepOptions { Timeout = "30 minutes" }));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Succeeded, 5000), (ended.Status, (ended.EndedAt - ended.StartedAt)!.Value.TotalSeconds));
    }

    [Fact]
    public void What_a_step_adds_to_its_time_is_all_that_it_gets()
    {
        string id = _app.Start("ungated", run => run.CallStepAsync<Worker, string>(
            new Work(5000) { ExtendBy = "10 minutes" }, new StepOptions { Timeout = "30 minutes" }));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.TimedOut, StepStatus.TimedOut), (ended.Status, ended.Steps[0].Status));
        Assert.Equal(40 * 60, (ended.EndedAt - ended.StartedAt)!.Value.TotalSeconds);
    }

    [Fact]
    public void A_step_cancels_its_run_and_is_stopped_with_it()
    {
        string id = _app.Start("ungated", new Work(3000) { CancelRun = true });
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Cancelled, StopReason.Self, "the step says so"), (ended.Status, ended.Stop!.Reason, ended.Stop.Message));
        Assert.Equal((StepStatus.Cancelled, StopReason.Self), (ended.Steps[0].Status, ended.Steps[0].StopReason));
        Assert.Equal(TimeSpan.Zero, ended.EndedAt - ended.StartedAt);
    }

    private RunHandle Handle(string id) => _app.Runs.GetHandle(id);

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private string[] Instances() => _app.Host.Run(async () =>
    {
        List<string> ids = [];
        await foreach (Microsoft.DurableTask.Client.OrchestrationMetadata instance in _app.Host.Client.GetAllInstancesAsync())
            ids.Add(instance.InstanceId);
        return ids.ToArray();
    });
}
