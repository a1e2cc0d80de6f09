using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Preempt.Tests.Runs;

/// <summary>Limits that are changed at run time: whole runs on the embedded runtime with a skipped clock.</summary>
public sealed class LimitTests : IDisposable
{
    private const string Rule = "queued:0";

    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_gate_of_a_new_key_goes_by_limits_at_once()
    {
        _app.Host.Run(() => _app.Runs.SetLimitAsync(new LimitRequest { Rule = Rule, Pause = true }));
        string waits = _app.Start("queued", new Work(1), "new");
        _app.Host.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(RunStatus.Queued, _app.Get(waits).Status);
        _app.Host.Run(() => _app.Runs.ResetLimitAsync(Rule));
        Assert.Equal(RunStatus.Succeeded, _app.End(waits).Status);
    }

    [Fact]
    public void A_gate_that_was_made_by_what_was_read_before_the_change_is_told_soon_after()
    {
        _app.Host.Run(() => _app.Runs.SetLimitAsync(new LimitRequest { Rule = Rule, Pause = true }));
        // As another process has read it, just before the change.
        LimitedRule before = new(Rule, 2, IsLimited: false);
        Signal(AppSwitch.Id, nameof(AppSwitch.NoteLimits), before);
        _app.Host.Advance(TimeSpan.FromSeconds(40));
        string started = _app.Start("queued", new Work(1000), "new");
        _app.UntilRunning(started);

        _app.Host.Advance(TimeSpan.FromSeconds(60));
        Assert.True(_app.Host.Run(() => _app.Runs.GetGateAsync("queued", "new")).IsPaused);
        string waits = _app.Start("queued", new Work(1), "new");
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(RunStatus.Queued, _app.Get(waits).Status);
    }

    [Fact]
    public void A_limit_with_an_end_is_taken_back_then_and_not_when_it_was_changed_before()
    {
        DateTimeOffset end = _app.Host.Now.AddMinutes(10);
        Limit first = _app.Host.Run(() => _app.Runs.SetLimitAsync(new LimitRequest { Rule = Rule, Key = "a", Pause = true, Until = end }));
        _app.Host.Run(() => _app.Runs.SetLimitAsync(new LimitRequest { Rule = Rule, Key = "b", Pause = true, Until = end }));
        Limit later = _app.Host.Run(() => _app.Runs.SetLimitAsync(new LimitRequest { Rule = Rule, Key = "b", Pause = true, Until = end.AddMinutes(10) }));

        _app.Host.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal([first, later], Limits);
        _app.Host.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal([later], Limits);
        _app.Host.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(Limits);
    }

    [Fact]
    public void An_order_that_arrives_twice_is_one_change()
    {
        LimitOrder order = new("once", new LimitRequest { Rule = Rule, MaxRuns = 3 }, IsReset: false, _app.Host.Now, IsPublished: false);
        for (int n = 0; n < 2; n++)
            Signal(LimitBook.Of(Rule), nameof(LimitBook.Change), order);
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Assert.Single(_app.Host.Run(() => _app.Runs.ListLimitsAsync(Rule))[0].Changes).Number);
    }

    [Fact]
    public void A_change_that_is_noted_late_does_not_undo_a_newer_one()
    {
        foreach (LimitedRule note in (LimitedRule[])[new(Rule, 5, IsLimited: true), new(Rule, 3, IsLimited: false)])
            Signal(AppSwitch.Id, nameof(AppSwitch.NoteLimits), note);
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        AppState state = _app.Host.Run(() => _app.Host.Client.Entities.GetEntityAsync<AppState>(AppSwitch.Id))!.State;
        Assert.Equal(5, state.Limited[Rule]);
    }

    private void Signal(EntityInstanceId entity, string operation, object input) => _app.Host.Run(async () =>
    {
        await _app.Host.Client.Entities.SignalEntityAsync(entity, operation, input);
        return true;
    });

    private ImmutableArray<Limit> Limits => _app.Host.Run(() => _app.Runs.ListLimitsAsync(Rule))[0].Limits;

    [Fact]
    public void A_change_that_was_lost_and_made_again_as_another_has_no_effect()
    {
        string[] ids = [.. Enumerable.Range(0, 3).Select(_ => _app.Start("queued", new Work(1000)))];
        _app.UntilRunning(ids[0]);
        // A batch of the book's operations began this and was lost; done again, another change has its number.
        Limit pause = new(new LimitRequest { Rule = Rule, Key = "k", Pause = true, Until = _app.Host.Now.AddSeconds(30) }, _app.Host.Now, number: 1);
        LimitWork lost = new(new LimitChange(pause, IsReset: false, _app.Host.Now, 1, By: null, Reason: null), IsPublished: false);
        string echo = LimitWork.InstanceOf(Rule, 1, "lost");
        _app.Host.Run(() => _app.Host.Client.ScheduleNewOrchestrationInstanceAsync(PreemptFunctions.ApplyLimits, lost, new StartOrchestrationOptions(echo)));
        _app.Host.Advance(TimeSpan.FromSeconds(1));

        Limit set = _app.Host.Run(() => _app.Runs.SetLimitAsync(new LimitRequest { Rule = Rule, Key = "k", MaxRuns = 3 }));
        _app.Host.Advance(TimeSpan.FromMinutes(5));

        Assert.All(ids, id => Assert.Equal(RunStatus.Running, _app.Get(id).Status));
        Assert.Equal([set], Limits);
        // The gate has it, and nobody looks any more.
        OrchestrationMetadata[] all = [.. _app.Host.Run(async () => await _app.Host.Client.GetAllInstancesAsync(new OrchestrationQuery { InstanceIdPrefix = KeptIds.LimitChanges }).ToListAsync())];
        Assert.Equal(2, all.Length);
        Assert.All(all, instance => Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.RuntimeStatus));
    }
}
