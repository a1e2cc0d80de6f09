namespace Preempt.Tests.Runs;

/// <summary>
/// Runs that are terminated with the platform's own means, past their supervisor: their steps are told by whoever waits for the slot, which is
/// not given on beside them.
/// </summary>
public sealed class TerminatedRunTests : IDisposable
{
    private readonly TestApp _app = new(settings: new Dictionary<string, string?> { ["Preempt:Grace"] = "5 minutes" });

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("one-in-order")]
    [InlineData("in-turn")]
    [InlineData("one-run")]
    public void The_next_run_begins_as_soon_as_the_step_has_stopped(string workflow)
    {
        string dead = _app.Start(workflow, new Work(3000));
        _app.UntilRunning(dead);
        _app.Terminate(dead);
        DateTimeOffset terminated = _app.Host.Now;

        Run next = _app.End(_app.Start(workflow, new Work(1)));

        Assert.Equal((RunStatus.Succeeded, 1), (next.Status, _app.Log.MostAtOnce));
        // One look, and no second one: the step's worker gives the slot back.
        Assert.InRange(next.StartedAt!.Value - terminated, TimeSpan.Zero, TimeSpan.FromSeconds(17));
    }

    [Fact]
    public void A_step_that_does_not_stop_is_waited_for_as_long_as_its_run_would_have_waited()
    {
        string dead = _app.Start("one-in-order", new Work(3000, IgnoreStop: true));
        _app.UntilRunning(dead);
        _app.Terminate(dead);
        DateTimeOffset terminated = _app.Host.Now;

        Run next = _app.End(_app.Start("one-in-order", new Work(1)));

        Assert.InRange(next.StartedAt!.Value - terminated, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(317));
    }

    [Fact]
    public void Of_two_steps_the_first_that_stops_does_not_give_the_slot_back()
    {
        string dead = _app.Start("one-in-order", async run => string.Concat(await Task.WhenAll(
            run.CallStepAsync<Worker, string>(new Work(3000)),
            run.CallStepAsync<Worker, string>(new Work(20, IgnoreStop: true)))));
        _app.Host.RunUntil(() => _app.Log.Running.Count == 2);
        _app.Terminate(dead);

        _app.Start("one-in-order", async run =>
        {
            Assert.Empty(_app.Log.Running);
            return await run.CallStepAsync<Worker, string>(new Work(1));
        });

        Run next = _app.Host.Run(() => _app.Runs.ListAsync(new RunFilter { Workflow = "one-in-order" })).Items.Single(run => run.Id != dead);
        Assert.Equal(RunStatus.Succeeded, _app.End(next.Id).Status);
    }

    /// <summary>Where even its instance is gone nobody knows whether it has steps: they are told, and not waited for.</summary>
    [Fact]
    public void The_step_of_a_run_that_was_purged_is_told_too()
    {
        string dead = _app.Start("one-in-order", new Work(3000));
        _app.UntilRunning(dead);
        _app.Terminate(dead);
        _app.Host.RunUntil(() => _app.Get(dead).Status.IsTerminal());
        _app.Host.Run(() => _app.Host.Client.PurgeInstanceAsync(dead));

        Run next = _app.End(_app.Start("one-in-order", new Work(1)));

        Assert.Equal(RunStatus.Succeeded, next.Status);
        Assert.Empty(_app.Log.Running);
    }

    [Fact]
    public void A_run_that_is_terminated_while_no_step_of_it_works_is_struck_off_at_the_first_look()
    {
        string dead = _app.Start("one-in-order", async run =>
        {
            await run.DelayAsync("1h");
            return "";
        });
        _app.Host.RunUntil(() => _app.Get(dead).Status == RunStatus.Running);
        _app.Terminate(dead);
        DateTimeOffset terminated = _app.Host.Now;

        Run next = _app.End(_app.Start("one-in-order", new Work(1)));

        Assert.InRange(next.StartedAt!.Value - terminated, TimeSpan.Zero, TimeSpan.FromSeconds(17));
    }
}
