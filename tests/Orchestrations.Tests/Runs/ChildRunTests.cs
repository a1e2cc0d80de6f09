namespace Preempt.Tests.Runs;

/// <summary>Runs that call other workflows: whole runs on the embedded runtime with a skipped clock.</summary>
public sealed class ChildRunTests : IDisposable
{
    private readonly TestApp _app = new();
    private string? _child;

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_child_returns_what_its_code_returns()
    {
        string parent = _app.Start("ungated", run => run.CallWorkflowAsync<OneRun, string>(Child(new Work(5, Output: "from the child"))));
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Succeeded, "from the child"), (ended.Status, ended.Output?.GetString()));
        Assert.Equal(parent, _app.Get(_child!).ParentId);
        Assert.StartsWith("one-run:", _child, StringComparison.Ordinal);
    }

    [Fact]
    public void Children_run_side_by_side_and_wait_at_their_own_gates()
    {
        string parent = _app.Start("ungated", async run => string.Concat(await Task.WhenAll(Enumerable.Range(0, 4).Select(
            number => run.CallWorkflowAsync<Queued, string>(Child(new Work(5, Output: $"{number}")))))));
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Succeeded, "0123"), (ended.Status, ended.Output?.GetString()));
        Assert.Equal(2, _app.Log.MostAtOnce);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stop_of_the_parent_reaches_the_step_of_its_grandchild(bool throughMiddle)
    {
        Script leaf = Child(new Work(3000));
        Script middle = throughMiddle ? Code(run => run.CallWorkflowAsync<OneRun, string>(leaf)) : leaf;
        string parent = _app.Start("ungated", run => run.CallWorkflowAsync<Ungated, string>(middle));
        _app.Host.RunUntil(() => _app.Log.Running.Count == 1);
        _app.Cancel(parent);
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Cancelled, false), (ended.Status, ended.Stop!.Forced));
        Assert.Equal(TimeSpan.Zero, ended.EndedAt - ended.Stop.RequestedAt);
        Run child = _app.Get(_child!);
        Assert.Equal((RunStatus.Cancelled, StopReason.Parent), (child.Status, child.Stop!.Reason));
        Assert.Equal(StopReason.Parent, child.Steps[0].StopReason);
    }

    [Fact]
    public void A_child_that_does_not_stop_is_ended_by_force_before_its_parent_is()
    {
        string parent = _app.Start("ungated", run => run.CallWorkflowAsync<OneRun, string>(Child(new Work(3000, IgnoreStop: true))));
        _app.Host.RunUntil(() => _app.Log.Running.Count == 1);
        _app.Cancel(parent, new CancelOptions(Grace: "100s"));
        Run ended = _app.End(parent);
        Run child = _app.Get(_child!);
        Assert.Equal((RunStatus.Cancelled, true), (child.Status, child.Stop!.Forced));
        Assert.Equal(90, (child.EndedAt - ended.Stop!.RequestedAt)!.Value.TotalSeconds);
        Assert.Equal((RunStatus.Cancelled, false), (ended.Status, ended.Stop.Forced));
    }

    [Fact]
    public void A_child_that_fails_throws_what_it_threw_into_its_parent()
    {
        string parent = _app.Start("ungated", async run =>
        {
            ChildRunException exception = await Assert.ThrowsAsync<ChildRunException>(
                () => run.CallWorkflowAsync<OneRun, string>(Child(new Work(5, Fail: true))));
            return $"{exception.Status}: {exception.Error!.Message}";
        });
        Assert.Equal("Failed: told to fail", _app.End(parent).Output?.GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_child_that_somebody_else_ends_throws_into_its_parent(bool terminate)
    {
        string parent = _app.Start("ungated", run => run.CallWorkflowAsync<OneRun, string>(Child(new Work(3000))));
        _app.Host.RunUntil(() => _app.Log.Running.Count == 1);
        if (terminate)
            _app.Terminate(_child!);
        else
            _app.Cancel(_child!);
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Failed, typeof(ChildRunException).FullName), (ended.Status, ended.Error!.Type));
        Assert.Contains("Cancelled", ended.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shielded_child_runs_to_its_end()
    {
        string parent = _app.Start("ungated", async run =>
        {
            try
            {
                return await run.CallStepAsync<Worker, string>(new Work(60));
            }
            finally
            {
                await run.CallWorkflowAsync<OneRun, string>(Child(new Work(5)), null, CancellationToken.None);
            }
        });
        _app.UntilRunning(parent);
        _app.Cancel(parent);
        Assert.Equal(RunStatus.Cancelled, _app.End(parent).Status);
        Assert.Equal(RunStatus.Succeeded, _app.Get(_child!).Status);
    }

    [Fact]
    public void A_child_that_nobody_waits_for_stops_when_the_code_ends()
    {
        string parent = _app.Start("ungated", async run =>
        {
            _ = run.CallWorkflowAsync<OneRun, string>(Child(new Work(3000)));
            await run.DelayAsync("10s");
            return "left it";
        });
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Succeeded, "left it"), (ended.Status, ended.Output?.GetString()));
        Assert.Equal((RunStatus.Cancelled, StopReason.Parent), (_app.Get(_child!).Status, _app.Get(_child!).Stop!.Reason));
    }

    [Fact]
    public void A_detached_run_outlives_the_one_that_started_it()
    {
        string parent = _app.Start("ungated", async run =>
        {
            string id = await run.StartWorkflowAsync<OneRun>(Child(new Work(3000)));
            await run.CallStepAsync<Worker, string>(new Work(60));
            return id;
        });
        _app.UntilRunning(parent);
        _app.Host.RunUntil(() => _child is not null && _app.Log.Running.Contains(_child));
        _app.Cancel(parent);
        Assert.Equal(RunStatus.Cancelled, _app.End(parent).Status);
        Run detached = _app.End(_child!);
        Assert.Equal((RunStatus.Succeeded, parent), (detached.Status, detached.ParentId));
    }

    [Fact]
    public void A_child_of_an_input_that_its_workflow_refuses_is_not_started()
    {
        string parent = _app.Start("ungated", run => run.CallWorkflowAsync<OneRun, string>("not a script"));
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Failed, typeof(InvalidRunException).FullName), (ended.Status, ended.Error!.Type));
    }

    /// <summary>A child of one step, whose id is noted.</summary>
    private Script Child(Work work) => Code(run =>
    {
        _child = run.RunId;
        return run.CallStepAsync<Worker, string>(work);
    });

    private static Script Code(Func<RunContext, Task<string>> code)
    {
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = code;
        return new Script("child", name);
    }
}
