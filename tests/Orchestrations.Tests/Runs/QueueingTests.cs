using Preempt.Embedded.Engine;

namespace Preempt.Tests.Runs;

/// <summary>Whole runs under the strategies in which runs wait or are turned away, and what repairs a gate.</summary>
public sealed class QueueingTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void With_cancel_newest_the_newcomer_ends_at_once()
    {
        string first = _app.Start("newest-refused", new Work(60));
        _app.UntilRunning(first);
        Run second = _app.End(_app.Start("newest-refused", new Work(60)));
        Assert.Equal((RunStatus.Cancelled, StopReason.GateFull), (second.Status, second.Stop!.Reason));
        Assert.Null(second.StartedAt);
        Assert.Equal(RunStatus.Succeeded, _app.End(first).Status);
        Assert.Equal(RunStatus.Succeeded, _app.End(_app.Start("newest-refused", new Work(1))).Status);
        Assert.Equal(0, _app.GetGate("newest-refused").Healed);
    }

    [Fact]
    public void A_queue_runs_two_at_a_time_first_in_first_out()
    {
        string[] ids = [.. Enumerable.Range(0, 9).Select(_ => _app.Start("queued", new Work(10)))];
        Run[] ended = [.. ids.Select(id => _app.End(id))];
        Assert.All(ended, run => Assert.Equal(RunStatus.Succeeded, run.Status));
        Assert.Equal(ids, ended.OrderBy(run => run.FencingTokens[0]).Select(run => run.Id));
        Assert.Equal(2, _app.Log.MostAtOnce);
        Assert.Equal(50, (ended.Max(run => run.EndedAt) - ended.Min(run => run.StartedAt))!.Value.TotalSeconds);
    }

    [Fact]
    public void A_higher_priority_goes_before()
    {
        ScriptedWorkflow.Codes["queued-short"] = run => run.CallStepAsync<Worker, string>(new Work(10));
        string[] ids = [.. new[] { 0, 0, 0, 5, -5, 5 }.Select(priority => _app.Host.Run(() => _app.Runs.StartAsync(
            "queued", new Script("k", "queued-short"), new StartOptions { Priority = priority })).Id)];
        Run[] ended = [.. ids.Select(id => _app.End(id))];
        Assert.Equal(
            new[] { ids[0], ids[1], ids[3], ids[5], ids[2], ids[4] },
            ended.OrderBy(run => run.FencingTokens[0]).Select(run => run.Id));
    }

    [Fact]
    public void Beyond_the_limit_of_the_queue_a_run_is_rejected()
    {
        string[] ids = [.. Enumerable.Range(0, 23).Select(_ => _app.Start("queued", new Work(1000)))];
        Run rejected = _app.End(ids[^1], TimeSpan.FromMinutes(1));
        Assert.Equal((RunStatus.Rejected, StopReason.GateFull), (rejected.Status, rejected.Stop!.Reason));
        Assert.Contains("20 runs were waiting", rejected.Stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_waits_for_too_long_is_timed_out_without_starting()
    {
        ScriptedWorkflow.Codes["queued-long"] = run => run.CallStepAsync<Worker, string>(new Work(3600));
        _app.Start("queued", new Work(3600));
        _app.Start("queued", new Work(3600));
        StartOptions options = new() { ScheduleTimeout = "5m" };
        string id = _app.Host.Run(() => _app.Runs.StartAsync("queued", new Script("k", "queued-long"), options)).Id;
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.TimedOut, StopReason.ScheduleTimeout), (ended.Status, ended.Stop!.Reason));
        Assert.Equal(300, (ended.EndedAt!.Value - ended.QueuedAt).TotalSeconds, tolerance: 0.1);
        Assert.Null(ended.StartedAt);
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_app.GetGate("queued").Waiters);
    }

    [Fact]
    public void Round_robin_lets_a_short_line_past_a_long_one()
    {
        string[] many = [.. Enumerable.Range(0, 10).Select(_ => _app.Start("in-turn", new Work(10), "many"))];
        string few = _app.Start("in-turn", new Work(10), "few");
        Assert.True(_app.End(few).EndedAt < _app.End(many[2]).EndedAt);
        Assert.Equal(1, _app.Log.MostAtOnce);
    }

    [Fact]
    public void A_terminated_holder_leaks_its_slot_only_until_somebody_waits()
    {
        string leaked = _app.Start("queued", new Work(100_000));
        string other = _app.Start("queued", new Work(100_000));
        _app.UntilRunning(leaked);
        _app.UntilRunning(other);
        _app.Terminate(leaked);
        string waiter = _app.Start("queued", new Work(1));
        Run ended = _app.End(waiter);
        Assert.Equal(RunStatus.Succeeded, ended.Status);
        Assert.Equal(15, (ended.StartedAt!.Value - ended.QueuedAt).TotalSeconds, tolerance: 0.1);
        Assert.Equal(1, _app.GetGate("queued").Healed);
        // Not a second time when the dead one's grace is over, and not for runs that leave by themselves.
        _app.Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(RunStatus.Succeeded, _app.End(_app.Start("queued", new Work(1))).Status);
        Assert.Equal(1, _app.GetGate("queued").Healed);
    }

    [Fact]
    public void Where_nobody_waits_a_terminated_holder_is_found_by_who_is_turned_away()
    {
        string leaked = _app.Start("newest-refused", new Work(100_000));
        _app.UntilRunning(leaked);
        _app.Terminate(leaked);
        Assert.Equal(StopReason.GateFull, _app.End(_app.Start("newest-refused", new Work(1))).Stop!.Reason);
        _app.Host.Advance(GateRules.CheckInterval);
        // It has the dead one's step told, which gives the slot back.
        Assert.Equal(StopReason.GateFull, _app.End(_app.Start("newest-refused", new Work(1))).Stop!.Reason);
        Assert.Equal(RunStatus.Succeeded, _app.End(_app.Start("newest-refused", new Work(1))).Status);
        Assert.Equal(1, _app.GetGate("newest-refused").Healed);
    }

    /// <summary>Everybody at the gate is dead, and the line is full of them.</summary>
    [Fact]
    public void Where_all_that_wait_are_dead_they_are_found_by_who_is_turned_away()
    {
        string holder = _app.Start("in-short-line", new Work(100_000));
        _app.UntilRunning(holder);
        string waiter = _app.Start("in-short-line", new Work(100_000));
        _app.Host.RunUntil(() => _app.GetGate("in-short-line").Waiters.Length == 1);
        _app.Terminate(holder);
        _app.Terminate(waiter);
        Assert.Equal(RunStatus.Rejected, _app.End(_app.Start("in-short-line", new Work(1))).Status);
        _app.Host.Advance(GateRules.CheckInterval);
        Run next = _app.End(_app.Start("in-short-line", new Work(1)));
        Assert.Equal(RunStatus.Succeeded, next.Status);
        Assert.Empty(_app.GetGate("in-short-line").Waiters);
    }

    [Theory]
    [InlineData("one-in-order", 1, 1)]
    [InlineData("in-turn", 3, 300)]
    public void Of_a_long_line_only_those_near_its_head_ask_soon_and_each_gets_its_slot(string workflow, int slots, int keys)
    {
        const int Waiting = 600;
        List<DateTimeOffset> questions = [];
        _app.Host.Committing = commit => questions.AddRange(
            commit.History.OfType<EntityCalled>().Where(call => call.Operation == nameof(ConcurrencyGate.Enter)).Select(_ => _app.Host.Now));
        string[] holders = [.. Enumerable.Range(0, slots).Select(slot => _app.Start(workflow, new Work(3600), $"key-{slot}"))];
        string[] waiting = [.. Enumerable.Range(0, Waiting).Select(run => _app.Start(workflow, new Work(0.01), $"key-{run % keys}"))];
        _app.Until(holders[0], _ => _app.GetGate(workflow, "key-0").Waiters.Length == Waiting);
        DateTimeOffset all = _app.Host.Now;

        _app.Host.Advance(TimeSpan.FromSeconds(20));

        // The first 200 have asked, and no other: 15 seconds for each hundred that is ahead.
        Assert.InRange(questions.Count(at => at > all.AddSeconds(10)), 195, 205);
        Assert.All(holders, id => _app.Cancel(id));
        Assert.All(waiting, id => Assert.Equal(RunStatus.Succeeded, _app.End(id).Status));
        // The admissions told them, not their questions.
        Assert.True(_app.Host.Now - all < TimeSpan.FromMinutes(1), $"It took {_app.Host.Now - all}.");
    }

    [Fact]
    public void A_purged_holder_is_found_too()
    {
        string leaked = _app.Start("one-run", new Work(100_000));
        _app.UntilRunning(leaked);
        _app.Terminate(leaked);
        _app.Until(leaked, run => run.Status.IsTerminal());
        _app.Host.Run(() => _app.Host.Client.PurgeInstanceAsync(leaked));
        Assert.Equal(RunStatus.Succeeded, _app.End(_app.Start("one-run", new Work(1))).Status);
    }

    [Fact]
    public void Dead_runs_in_line_do_not_hold_up_the_living()
    {
        string holder = _app.Start("queued", new Work(20));
        string other = _app.Start("queued", new Work(20));
        string[] dead = [.. Enumerable.Range(0, 5).Select(_ => _app.Start("queued", new Work(1)))];
        string alive = _app.Start("queued", new Work(1));
        _app.Until(alive, _ => _app.GetGate("queued").Waiters.Length == 6);
        foreach (string id in dead.Append(holder).Append(other))
            _app.Terminate(id);
        Run ended = _app.End(alive);
        Assert.Equal(RunStatus.Succeeded, ended.Status);
        Assert.True(ended.StartedAt - ended.QueuedAt < TimeSpan.FromSeconds(20));
        // Those that waited held no slot.
        Assert.Equal(2, _app.GetGate("queued").Healed);
    }
}
