using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Tests.Runs;

/// <summary>Whole runs on the embedded runtime with a skipped clock, replayed at every turn.</summary>
public sealed class WholeRunTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_run_returns_what_its_steps_return()
    {
        string id = _app.Start("ungated", async run =>
            await run.CallStepAsync<Worker, string>(new Work(2, Output: "a"))
            + await run.CallStepAsync<Worker, string>(new Work(3, Output: "b")));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Succeeded, "ab"), (ended.Status, ended.Output?.GetString()));
        Assert.Equal(["worker", "worker"], ended.Steps.Select(step => step.Name));
        Assert.Equal([2, 3], ended.Steps.Select(step => (step.EndedAt!.Value - step.StartedAt).TotalSeconds));
        Assert.Equal(5, (ended.EndedAt!.Value - ended.StartedAt!.Value).TotalSeconds);
        Assert.Null(ended.Stop);
    }

    [Fact]
    public void The_newest_run_supersedes_the_older()
    {
        string older = _app.Start("one-run", new Work(60));
        _app.UntilRunning(older);
        string newer = _app.Start("one-run", new Work(60));
        Run first = _app.End(older);
        Run second = _app.End(newer);
        Assert.Equal((RunStatus.Cancelled, StopReason.Superseded, newer), (first.Status, first.Stop!.Reason, first.Stop.SupersededBy));
        Assert.Equal((StepStatus.Cancelled, StopReason.Superseded), (first.Steps[0].Status, first.Steps[0].StopReason));
        Assert.Equal(RunStatus.Succeeded, second.Status);
        Assert.Equal(1, _app.Log.MostAtOnce);
        Assert.True(second.FencingTokens[0] > first.FencingTokens[0]);
    }

    [Fact]
    public void Of_a_hundred_starts_the_newest_survives_and_no_two_steps_overlap()
    {
        string[] ids = [.. Enumerable.Range(0, 100).Select(_ => _app.Start("one-run", new Work(5)))];
        Run[] ended = [.. ids.Select(id => _app.End(id))];
        Assert.All(ended[..^1], run => Assert.Equal((RunStatus.Cancelled, StopReason.Superseded), (run.Status, run.Stop!.Reason)));
        Assert.Equal(RunStatus.Succeeded, ended[^1].Status);
        Assert.Equal(1, _app.Log.MostAtOnce);
        Settle();
        Assert.Empty(_app.GetGate("one-run").Holders);
    }

    [Fact]
    public void With_three_slots_the_three_newest_run()
    {
        string[] ids = new string[10];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = _app.Start("three-runs", new Work(600));
            _app.Host.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(ids[^3..].Order(), _app.GetGate("three-runs").Holders.Select(holder => holder.RunId).Order());
        Assert.Equal(ids[^3..].Order(), _app.Log.Running.Order());
        Assert.Equal(3, _app.Log.MostAtOnce);
    }

    [Fact]
    public void With_immediate_handover_the_two_overlap_while_the_older_stops()
    {
        string older = _app.Start("one-run-at-once", new Work(5, IgnoreStop: true));
        _app.UntilRunning(older);
        string newer = _app.Start("one-run-at-once", new Work(1));
        Assert.Equal(RunStatus.Succeeded, _app.End(newer).Status);
        Assert.Equal(RunStatus.Stopping, _app.Get(older).Status);
        Assert.Equal(2, _app.Log.MostAtOnce);
        _app.End(older);
    }

    [Fact]
    public void A_step_that_ignores_its_token_is_abandoned_when_the_grace_is_over()
    {
        string older = _app.Start("one-run", new Work(3000, IgnoreStop: true));
        _app.UntilRunning(older);
        DateTimeOffset superseded = _app.Host.Now;
        string newer = _app.Start("one-run", new Work(1));
        Run first = _app.End(older);
        Assert.True(first.Stop!.Forced);
        Assert.Equal(RunStatus.Cancelled, first.Status);
        Assert.Equal(TimeSpan.FromSeconds(10), first.EndedAt - superseded);
        Run second = _app.End(newer);
        Assert.Equal(RunStatus.Succeeded, second.Status);
        Assert.True(second.StartedAt >= first.EndedAt);
        OrchestrationMetadata? instance = _app.Host.Run(() => _app.Host.Client.GetInstanceAsync(older));
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, instance!.RuntimeStatus);
    }

    [Fact]
    public void A_step_that_ends_within_the_grace_is_waited_for_and_a_longer_grace_changes_nothing()
    {
        string id = _app.Start("ungated", run => run.CallStepAsync<Worker, string>(new Work(3000, IgnoreStop: true)));
        _app.UntilRunning(id);
        _app.Cancel(id, new CancelOptions(Grace: "1h"));
        _app.Cancel(id, new CancelOptions(Grace: "2h"));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Succeeded, StepStatus.Succeeded), (ended.Status, ended.Steps[0].Status));
        Assert.Equal("1h", ended.Stop!.Grace.ToString());
    }

    [Fact]
    public void A_cancelled_run_says_who_asked_and_why()
    {
        string id = _app.Start("ungated", new Work(60));
        _app.UntilRunning(id);
        Run acknowledged = _app.Cancel(id, new CancelOptions("no longer wanted"), by: "an operator");
        Assert.Equal(StopReason.Requested, acknowledged.Stop!.Reason);
        Run ended = _app.End(id);
        Assert.Equal(RunStatus.Cancelled, ended.Status);
        Assert.Equal(("no longer wanted", "an operator"), (ended.Stop!.Message, ended.Stop.By));
        Assert.Equal(new RunProgress(0.5, "half"), ended.Progress);
        Assert.Equal(TimeSpan.Zero, ended.EndedAt - ended.Stop.RequestedAt);
    }

    [Fact]
    public void A_step_that_hears_of_a_cancel_before_its_run_does_not_fail_it()
    {
        string id = _app.Start("ungated", new Work(60));
        _app.UntilRunning(id);
        Publish(new StopNotice(id, StopReason.Requested));
        _app.Until(id, run => run.Steps[0].Status == StepStatus.Cancelled);
        _app.Cancel(id, new CancelOptions("no longer wanted"));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Cancelled, "no longer wanted"), (ended.Status, ended.Stop!.Message));
    }

    [Fact]
    public void A_run_takes_its_steps_word_for_a_cancel_that_never_comes()
    {
        string id = _app.Start("ungated", new Work(60));
        _app.UntilRunning(id);
        Publish(new StopNotice(id, StopReason.Requested));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Cancelled, StopReason.Requested), (ended.Status, ended.Stop!.Reason));
    }

    private void Publish(StopNotice notice) => _app.Host.Run(async () =>
    {
        await _app.Host.Services.GetRequiredService<ICancellationFeed>().PublishAsync(notice);
        return true;
    });

    [Fact]
    public void Code_that_swallows_a_stop_and_returns_has_succeeded()
    {
        string id = _app.Start("ungated", async run =>
        {
            try
            {
                return await run.CallStepAsync<Worker, string>(new Work(60));
            }
            catch (OperationCanceledException)
            {
                return "partial";
            }
        });
        _app.UntilRunning(id);
        _app.Cancel(id);
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Succeeded, "partial"), (ended.Status, ended.Output?.GetString()));
        Assert.Equal(StopReason.Requested, ended.Stop!.Reason);
    }

    [Fact]
    public void Code_that_answers_a_stop_with_another_exception_has_failed()
    {
        string id = _app.Start("ungated", async run =>
        {
            try
            {
                return await run.CallStepAsync<Worker, string>(new Work(60));
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException("could not clean up");
            }
        });
        _app.UntilRunning(id);
        _app.Cancel(id);
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Failed, "could not clean up"), (ended.Status, ended.Error!.Message));
    }

    [Fact]
    public void A_shielded_step_cleans_up_to_its_end()
    {
        string id = _app.Start("ungated", async run =>
        {
            try
            {
                return await run.CallStepAsync<Worker, string>(new Work(60));
            }
            finally
            {
                await run.CallStepAsync<Worker, string>(new Work(5), CancellationToken.None);
                await run.DelayAsync("2s", CancellationToken.None);
            }
        });
        _app.UntilRunning(id);
        _app.Cancel(id);
        Run ended = _app.End(id);
        Assert.Equal(RunStatus.Cancelled, ended.Status);
        Assert.Equal([StepStatus.Cancelled, StepStatus.Succeeded], ended.Steps.Select(step => step.Status));
        Assert.Equal(TimeSpan.FromSeconds(7), ended.EndedAt - ended.Stop!.RequestedAt);
    }

    [Fact]
    public void After_a_stop_no_unshielded_step_begins()
    {
        string id = _app.Start("ungated", async run =>
        {
            for (int calls = 0; calls < 3; calls++)
            {
                try
                {
                    await run.CallStepAsync<Worker, string>(new Work(60));
                }
                catch (OperationCanceledException)
                {
                    // Tries again, in vain.
                }
            }

            return "gave up";
        });
        _app.UntilRunning(id);
        _app.Cancel(id);
        Assert.Single(_app.End(id).Steps);
        Assert.Single(_app.Log.Started);
    }

    [Fact]
    public void A_run_that_takes_too_long_is_timed_out()
    {
        string id = _app.Start("one-run", new Work(7200));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.TimedOut, StopReason.Timeout), (ended.Status, ended.Stop!.Reason));
        Assert.Equal((StepStatus.TimedOut, StopReason.Timeout), (ended.Steps[0].Status, ended.Steps[0].StopReason));
        Assert.Equal(TimeSpan.FromHours(1), ended.EndedAt - ended.StartedAt);
    }

    [Fact]
    public void A_start_can_shorten_the_timeout_but_not_lengthen_it()
    {
        ScriptedWorkflow.Codes["shorter"] = run => run.CallStepAsync<Worker, string>(new Work(7200));
        Script script = new("k", "shorter");
        string id = _app.Host.Run(() => _app.Runs.StartAsync("one-run", script, new StartOptions { Timeout = "5m" })).Id;
        Run ended = _app.End(id);
        Assert.Equal(TimeSpan.FromMinutes(5), ended.EndedAt - ended.StartedAt);
        InvalidRunException refused = Assert.Throws<InvalidRunException>(() =>
            _app.Host.Run(() => _app.Runs.StartAsync("one-run", script, new StartOptions { Timeout = "2h" })));
        Assert.Contains("1h at most", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_reason_stands_and_the_grace_only_shrinks()
    {
        string id = _app.Start("ungated", new Work(3000, IgnoreStop: true));
        _app.UntilRunning(id);
        _app.Cancel(id, new CancelOptions("first", Grace: "40s"));
        DateTimeOffset asked = _app.Host.Now;
        _app.Cancel(id, new CancelOptions("second", Grace: "5m"));
        Assert.Equal(("first", (Duration)"40s"), (_app.Get(id).Stop!.Message, _app.Get(id).Stop!.Grace));
        _app.Host.Advance(TimeSpan.FromSeconds(2));
        _app.Cancel(id, new CancelOptions("third", Grace: "3s"));
        Run ended = _app.End(id);
        Assert.Equal(("first", (Duration)"3s", true), (ended.Stop!.Message, ended.Stop.Grace, ended.Stop.Forced));
        Assert.InRange(ended.EndedAt!.Value - asked, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));
    }

    [Fact]
    public void A_queued_run_that_is_cancelled_never_starts()
    {
        string holder = _app.Start("one-run", new Work(300, IgnoreStop: true));
        _app.UntilRunning(holder);
        string waiter = _app.Start("one-run", new Work(1));
        _app.Until(waiter, _ => _app.GetGate("one-run").Waiters.Length == 1);
        _app.Cancel(waiter, new CancelOptions(QueuedOnly: true));
        Run ended = _app.End(waiter);
        Assert.Equal((RunStatus.Cancelled, StopReason.Requested), (ended.Status, ended.Stop!.Reason));
        Assert.Null(ended.StartedAt);
        _app.End(holder);
        Settle();
        Gate gate = _app.GetGate("one-run");
        Assert.Empty(gate.Holders);
        Assert.Empty(gate.Waiters);
    }

    [Fact]
    public void A_cancel_of_queued_runs_only_leaves_a_running_one_alone()
    {
        string id = _app.Start("ungated", new Work(5));
        _app.UntilRunning(id);
        RunConflictException refused = Assert.Throws<RunConflictException>(() => _app.Cancel(id, new CancelOptions(QueuedOnly: true)));
        Assert.Equal(RunStatus.Running, refused.Run.Status);
        Assert.Equal(RunStatus.Succeeded, _app.End(id).Status);
    }

    [Fact]
    public void A_cancel_of_an_ended_run_is_answered_with_the_run()
    {
        string id = _app.Start("ungated", new Work(1));
        _app.End(id);
        RunConflictException refused = Assert.Throws<RunConflictException>(() => _app.Cancel(id));
        Assert.Equal((id, RunStatus.Succeeded), (refused.Run.Id, refused.Run.Status));
    }

    [Fact]
    public void A_step_whose_code_throws_fails_the_run_and_is_not_retried()
    {
        string id = _app.Start("ungated", new Work(1, Fail: true));
        Run ended = _app.End(id);
        Assert.Equal(RunStatus.Failed, ended.Status);
        Assert.Equal(new RunError("System.InvalidOperationException", "told to fail", "worker"), ended.Error);
        Assert.Single(_app.Log.Started);
    }

    [Fact]
    public void A_step_whose_worker_dies_is_run_again_and_uses_up_no_attempt()
    {
        _app.BadWorker.Failures = 3;
        Run ended = _app.End(_app.Start("ungated", new Work(1)));
        Assert.Equal((RunStatus.Succeeded, 1), (ended.Status, ended.Attempt));
    }

    [Fact]
    public void A_step_whose_worker_always_dies_fails_the_run()
    {
        _app.BadWorker.Failures = int.MaxValue;
        Run ended = _app.End(_app.Start("ungated", new Work(1)));
        Assert.Equal((RunStatus.Failed, "The worker process died."), (ended.Status, ended.Error!.Message));
    }

    [Fact]
    public void Steps_that_the_code_leaves_running_are_stopped_before_the_run_ends()
    {
        string id = _app.Start("ungated", async run =>
        {
            _ = run.CallStepAsync<Worker, string>(new Work(3600));
            await run.DelayAsync("5s");
            return "returned";
        });
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Succeeded, "returned"), (ended.Status, ended.Output?.GetString()));
        Assert.Equal((StepStatus.Cancelled, StopReason.Self), (ended.Steps[0].Status, ended.Steps[0].StopReason));
        Assert.Equal(TimeSpan.FromSeconds(5), ended.EndedAt - ended.StartedAt);
    }

    [Fact]
    public void Code_can_stop_one_step_with_a_token_of_its_own()
    {
        string id = _app.Start("ungated", async run =>
        {
            using CancellationTokenSource impatience = new();
            Task<string> slow = run.CallStepAsync<Worker, string>(new Work(3600), impatience.Token);
            await run.DelayAsync("5s");
            impatience.Cancel();
            try
            {
                return await slow;
            }
            catch (OperationCanceledException)
            {
                return await run.CallStepAsync<Worker, string>(new Work(1, Output: "quick"));
            }
        });
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Succeeded, "quick"), (ended.Status, ended.Output?.GetString()));
        Assert.Null(ended.Stop);
    }

    [Fact]
    public void Nothing_that_is_not_a_message_to_a_run_disturbs_it()
    {
        string id = _app.Start("ungated", new Work(5));
        _app.UntilRunning(id);
        foreach (object? junk in new object?[] { "stop", 42, null, new { Kind = "Nonsense" }, new { Kind = "Stop" }, new[] { 1 } })
            _app.Host.Run(async () => { await _app.Host.Client.RaiseEventAsync(id, RunMessage.EventName, junk); return 0; });
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RunStatus.Running, _app.Get(id).Status);
        // And it still hears what is one.
        _app.Cancel(id, new CancelOptions("heard"));
        Assert.Equal("heard", _app.End(id).Stop!.Message);
    }

    [Fact]
    public void Both_of_two_rules_hold_and_a_run_stopped_at_the_second_leaves_the_first()
    {
        ScriptedWorkflow.Codes["two-rules-slow"] = run => run.CallStepAsync<Worker, string>(new Work(5, IgnoreStop: true));
        string first = _app.Start("two-rules", new Script("a", "two-rules-slow"));
        _app.UntilRunning(first);
        string second = _app.Start("two-rules", new Script("a", "two-rules-slow"));
        _app.Until(second, run => run.FencingTokens.Length == 1);
        string third = _app.Start("two-rules", new Script("b", "two-rules-slow"));
        Assert.Equal(StopReason.Superseded, _app.End(second).Stop!.Reason);
        Assert.Null(_app.Get(second).StartedAt);
        Assert.Equal(RunStatus.Succeeded, _app.End(third).Status);
        Settle();
        Assert.Empty(_app.GetGate("two-rules", "a").Holders);
        Assert.Equal(1, _app.Log.MostAtOnce);
    }

    [Fact]
    public void A_run_terminated_from_outside_is_told_as_cancelled()
    {
        string id = _app.Start("ungated", new Work(60));
        _app.UntilRunning(id);
        _app.Terminate(id);
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Cancelled, true), (ended.Status, ended.Stop!.Forced));
    }

    [Fact]
    public void A_taken_run_id_is_refused_with_the_run_that_has_it()
    {
        ScriptedWorkflow.Codes["taken"] = run => run.CallStepAsync<Worker, string>(new Work(1));
        StartOptions options = new() { RunId = "mine" };
        _app.Host.Run(() => _app.Runs.StartAsync("ungated", new Script("k", "taken"), options));
        _app.End("mine");
        RunConflictException refused = Assert.Throws<RunConflictException>(() =>
            _app.Host.Run(() => _app.Runs.StartAsync("ungated", new Script("k", "taken"), options)));
        Assert.Equal("mine", refused.Run.Id);
    }

    [Fact]
    public void The_same_idempotency_key_gives_the_first_run()
    {
        ScriptedWorkflow.Codes["once"] = run => run.CallStepAsync<Worker, string>(new Work(1));
        (Run first, bool isFirstNew) = _app.Host.Run(() => _app.Runs.StartOnceAsync("one-run", new Script("k", "once"), "order 7"));
        (Run second, bool isSecondNew) = _app.Host.Run(() => _app.Runs.StartOnceAsync("one-run", new Script("k", "once"), "order 7"));
        Assert.Equal((first.Id, true, false), (second.Id, isFirstNew, isSecondNew));
        _app.End(first.Id);
        (Run third, _) = _app.Host.Run(() => _app.Runs.StartOnceAsync("one-run", new Script("k", "once"), "order 7"));
        Assert.Equal((first.Id, RunStatus.Succeeded), (third.Id, third.Status));
        (Run other, bool isOtherNew) = _app.Host.Run(() => _app.Runs.StartOnceAsync("one-run", new Script("k", "once"), "order 8"));
        Assert.NotEqual(first.Id, other.Id);
        Assert.True(isOtherNew);
        Assert.Throws<IdempotencyKeyReusedException>(
            () => _app.Host.Run(() => _app.Runs.StartOnceAsync("one-run", new Script("other", "once"), "order 7")));
    }

    [Fact]
    public void A_claim_whose_owner_died_before_it_started_the_run_is_made_good_by_the_next()
    {
        ScriptedWorkflow.Codes["once-crash"] = run => run.CallStepAsync<Worker, string>(new Work(1));
        Script script = new("k", "once-crash");
        _app.Host.CrashAfter(0, isKept: true);
        Assert.Throws<Preempt.Testing.HostCrashedException>(() =>
            _app.Host.Run(() => _app.Runs.StartOnceAsync("one-run", script, "order 9")));
        (Run run, bool isNew) = _app.Host.Run(() => _app.Runs.StartOnceAsync("one-run", script, "order 9"));
        Assert.True(isNew);
        Assert.Equal(RunStatus.Succeeded, _app.End(run.Id).Status);
    }

    [Fact]
    public void A_wait_that_is_over_returns_the_run_as_it_is()
    {
        string id = _app.Start("ungated", new Work(60));
        Assert.Equal(RunStatus.Running, _app.Host.Run(() => _app.Runs.WaitAsync(id, TimeSpan.FromSeconds(5))).Status);
        Assert.Equal(RunStatus.Succeeded, _app.Host.Run(() => _app.Runs.WaitAsync(id, TimeSpan.FromMinutes(5))).Status);
    }

    /// <summary>Lets signals arrive.</summary>
    private void Settle() => _app.Host.Advance(TimeSpan.FromSeconds(1));
}
