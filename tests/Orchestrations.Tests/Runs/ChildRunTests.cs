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

    /// <summary>The first message to the child comes before its start, and is dropped.</summary>
    [Theory]
    [InlineData("its own token", RunStatus.Succeeded)]
    [InlineData("nobody waits", RunStatus.Succeeded)]
    [InlineData("the whole run", RunStatus.Cancelled)]
    public void A_child_that_is_to_stop_in_the_turn_that_starts_it_is_told_again(string how, RunStatus status)
    {
        using TestApp app = new(seed: 1, options => options.EventsOvertakeStarts = 1);
        Script child = Child(new Work(3000));
        string parent = app.Start("ungated", async run =>
        {
            using CancellationTokenSource own = new();
            CancellationToken token = how switch
            {
                "its own token" => own.Token,
                "nobody waits" => CancellationToken.None,
                _ => run.CancellationToken,
            };
            Task<string> called = run.CallWorkflowAsync<OneRun, string>(child, null, token);
            // Decided in the turn that starts the child.
            await Assert.ThrowsAsync<InvalidRunException>(() => run.CallWorkflowAsync<OneRun, string>("not a script"));
            if (how == "nobody waits")
                return "left it";
            if (how == "its own token")
                own.Cancel();
            else
                run.Cancel("enough");
            OperationCanceledException stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => called);
            return run.CancellationToken.IsCancellationRequested ? throw stopped : "went on";
        });

        Run ended = app.End(parent);

        Assert.Equal((status, false), (ended.Status, ended.Stop?.Forced ?? false));
        Assert.True(ended.EndedAt - ended.QueuedAt < TimeSpan.FromSeconds(20), $"{ended}");
        Assert.Equal((RunStatus.Cancelled, StopReason.Parent), (app.Get(_child!).Status, app.Get(_child!).Stop!.Reason));
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

    /// <summary>The child would wait for its parent, which waits for the child, or would stop it, and so be stopped itself.</summary>
    [Theory]
    [InlineData("one-run", "one-run")]
    [InlineData("one-run-at-once", "one-run")]
    [InlineData("one-in-order", "one-run")]
    [InlineData("in-turn", "one-run")]
    [InlineData("newest-refused", "one-run")]
    [InlineData("one-in-order", "ungated")]
    public void A_child_that_needs_its_parents_slot_is_rejected_with_a_sentence(string workflow, string between)
    {
        // Below itself, or below a run of another workflow that has another gate or none.
        Script child = Child(new Work(5));
        Script same = new("k", child.Code);
        Script middle = Code(run => CallAsync(run, workflow, same));
        string parent = _app.Start(workflow, async run =>
        {
            ChildRunException direct = await Assert.ThrowsAsync<ChildRunException>(() => CallAsync(run, workflow, same));
            ChildRunException nested = await Assert.ThrowsAsync<ChildRunException>(() => CallAsync(run, between == workflow ? "ungated" : between, middle));
            Assert.Equal((RunStatus.Rejected, RunStatus.Failed), (direct.Status, nested.Status));
            Assert.Contains(run.RunId, nested.Message, StringComparison.Ordinal);
            return direct.Message;
        });
        Run ended = _app.End(parent);
        Assert.Equal(RunStatus.Succeeded, ended.Status);
        Assert.Contains($"It needs the slot of run {parent}, which called it", ended.Output!.Value.GetString(), StringComparison.Ordinal);
        Assert.Null(_child);
        Assert.True(ended.EndedAt - ended.QueuedAt < TimeSpan.FromMinutes(1));
    }

    /// <summary>Runs that one process accepts at one instant are told apart by ticks; a clock that is ahead makes parents later still.</summary>
    [Fact]
    public void A_child_is_younger_than_its_parent_whatever_the_clock_says()
    {
        Script child = Code(_ => Task.FromResult(""));
        string[] parents = [.. Enumerable.Range(0, 5).Select(_ => _app.Start("ungated", async run =>
        {
            await run.CallWorkflowAsync<Ungated, string>(child);
            return "";
        }))];
        Run[] runs = [.. parents.Select(parent => _app.End(parent))];
        Run[] children = [.. _app.Host.Run(() => _app.Runs.ListAsync(new RunFilter { Workflow = "ungated" })).Items.Where(run => run.ParentId is not null)];
        Assert.Equal(5, children.Length);
        Assert.All(children, run => Assert.True(run.QueuedAt > runs.Single(parent => parent.Id == run.ParentId).QueuedAt));
    }

    [Fact]
    public void A_replay_of_such_a_child_stands_alone()
    {
        Script same = new("k", Child(new Work(5)).Code);
        string? refused = null;
        string parent = _app.Start("one-in-order", async run =>
        {
            refused = (await Assert.ThrowsAsync<ChildRunException>(() => CallAsync(run, "one-in-order", same))).RunId;
            return "";
        });
        _app.End(parent);
        (Run again, _) = _app.Host.Run(() => _app.Runs.ReplayAsync(refused!));
        Assert.Equal(RunStatus.Succeeded, _app.End(again.Id).Status);
    }

    private static Task<string> CallAsync(RunContext run, string workflow, Script input) => workflow switch
    {
        "one-run" => run.CallWorkflowAsync<OneRun, string>(input),
        "one-run-at-once" => run.CallWorkflowAsync<OneRunAtOnce, string>(input),
        "one-in-order" => run.CallWorkflowAsync<OneInOrder, string>(input),
        "in-turn" => run.CallWorkflowAsync<InTurn, string>(input),
        "newest-refused" => run.CallWorkflowAsync<NewestRefused, string>(input),
        _ => run.CallWorkflowAsync<Ungated, string>(input),
    };

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
