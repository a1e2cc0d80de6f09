using System.Collections.Immutable;
using System.Text.Json;

namespace Preempt.Tests.Concurrency;

/// <summary>A run that another has called, at a gate at which its caller holds a slot.</summary>
public sealed class SelfWaitTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private GateState _state = new();

    [Theory]
    [InlineData(ConcurrencyStrategy.Queue)]
    [InlineData(ConcurrencyStrategy.RoundRobin)]
    [InlineData(ConcurrencyStrategy.CancelNewest)]
    [InlineData(ConcurrencyStrategy.CancelInProgress)]
    public void Of_the_only_slot_of_its_caller_it_is_turned_away_and_its_caller_goes_on(ConcurrencyStrategy strategy)
    {
        ConcurrencyRule rule = Rule(strategy, 1);
        Assert.Equal(GateVerdict.Admitted, Enter(1, rule).Verdict);
        GateReply refused = Enter(2, rule, "run-1");
        Assert.Equal((GateVerdict.WaitsForItself, "run-1"), (refused.Verdict, refused.Caller));
        Assert.Empty(refused.Stops);
        Assert.Empty(_state.Waiters);
        Assert.Null(Assert.Single(_state.Holders).SupersededBy);
    }

    [Fact]
    public void While_another_has_a_slot_it_waits_for_that_one()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.Queue, 2);
        Enter(1, rule);
        Enter(2, rule);
        Assert.Equal(GateVerdict.Wait, Enter(3, rule, "run-1").Verdict);
        Assert.Equal("run-3", Leave("run-2")?.RunId);
    }

    /// <summary>Two runs hold both slots, and each calls another: the second of these would have to wait for the first, and the first for it.</summary>
    [Fact]
    public void The_last_of_a_ring_is_turned_away()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.Queue, 2);
        Enter(1, rule);
        Enter(2, rule);
        Assert.Equal(GateVerdict.Wait, Enter(3, rule, "run-1").Verdict);
        GateReply refused = Enter(4, rule, "run-2");
        Assert.Equal((GateVerdict.WaitsForItself, "run-2"), (refused.Verdict, refused.Caller));
        Assert.Equal("run-3", Leave("run-2")?.RunId);
    }

    [Fact]
    public void A_caller_whose_run_no_longer_waits_is_waited_for_again()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.Queue, 2);
        Enter(1, rule);
        Enter(2, rule);
        Enter(3, rule, "run-1");
        Assert.Null(Leave("run-3"));
        Assert.Equal(GateVerdict.Wait, Enter(4, rule, "run-2").Verdict);
        Assert.Equal(new CallerState("run-2", "run-4"), Assert.Single(_state.Callers));
    }

    [Fact]
    public void One_that_waits_is_turned_away_when_its_callers_have_come_to_hold_all()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.Queue, 1);
        Enter(1, rule);
        // The gate has lost what it knew of its caller, which comes back while the run it called waits.
        Assert.Equal(GateVerdict.Wait, Enter(3, rule, "run-2").Verdict);
        Assert.Equal(GateVerdict.Wait, Enter(2, rule, priority: 1).Verdict);
        Assert.Equal("run-2", Leave("run-1")?.RunId);
        Assert.Equal(GateVerdict.WaitsForItself, Enter(3, rule, "run-2").Verdict);
        Assert.Equal(GateVerdict.Gone, Enter(3, rule, "run-2").Verdict);
        Assert.Empty(_state.Waiters);
    }

    [Fact]
    public void The_newest_may_take_the_place_of_others_than_its_callers()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.CancelInProgress, 2);
        Enter(1, rule);
        Enter(2, rule);
        GateReply reply = Enter(3, rule, "run-2");
        Assert.Equal("run-1", Assert.Single(reply.Stops).RunId);
        Assert.Equal(GateVerdict.WaitsForItself, Enter(4, rule, "run-2", "run-3").Verdict);
    }

    [Fact]
    public void A_round_robin_looks_at_the_key_and_at_the_whole()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.RoundRobin, 1) with { MaxTotal = 2 };
        Enter(1, rule, [], "a");
        Enter(2, rule, ["run-1"], "b");
        Assert.Equal("run-1", Enter(3, rule, ["run-1"], "a").Caller);
        Assert.Equal("run-2", Enter(4, rule, ["run-1", "run-2"], "c").Caller);
        Assert.Equal(GateVerdict.Wait, Enter(5, rule, ["run-1"], "c").Verdict);
    }

    [Fact]
    public void What_it_knows_survives_its_storage()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.Queue, 2);
        Enter(1, rule);
        Enter(2, rule);
        Enter(3, rule, "run-1");
        _state = JsonSerializer.Deserialize<GateState>(JsonSerializer.Serialize(_state))!;
        Assert.Equal(GateVerdict.WaitsForItself, Enter(4, rule, "run-2").Verdict);
    }

    private static ConcurrencyRule Rule(ConcurrencyStrategy strategy, int maxRuns) =>
        new() { Key = "{input.key}", MaxRuns = maxRuns, Strategy = strategy };

    private GateReply Enter(int number, ConcurrencyRule rule, params ImmutableArray<string> callers) => Enter(number, rule, callers, "key");

    private GateReply Enter(int number, ConcurrencyRule rule, ImmutableArray<string> callers, string key, int priority = 0)
    {
        RunAge age = new($"run-{number}", Now.AddSeconds(number - 100));
        (_state, GateReply reply) = GateRules.Enter(
            _state, new EnterRequest(age, new RunGate("gate", key, rule), priority) { Callers = callers }, Now);
        return reply;
    }

    private GateReply Enter(int number, ConcurrencyRule rule, int priority) => Enter(number, rule, [], "key", priority);

    /// <summary>The run that is admitted in its place; null for none.</summary>
    private GateAdmission? Leave(string runId)
    {
        (_state, ImmutableArray<GateAdmission> admissions) = GateRules.Leave(_state, new LeaveRequest([runId], By: runId));
        return admissions.SingleOrDefault();
    }
}
