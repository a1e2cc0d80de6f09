using System.Collections.Immutable;
using System.Text.Json;

namespace Preempt.Tests.Concurrency;

/// <summary>Limits that are changed at run time, at one gate, without an engine.</summary>
public sealed class LimitRulesTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private GateState _state = new();
    private long _number;

    private static ConcurrencyRule Rule(ConcurrencyStrategy strategy, int maxRuns = 1, int maxTotal = 10) =>
        new() { Key = "{input.key}", MaxRuns = maxRuns, Strategy = strategy, MaxTotal = maxTotal };

    private static readonly ConcurrencyRule Throttle = Rule(ConcurrencyStrategy.Queue) with { Rate = new StartRate(6, "1 minute") };

    private static readonly ConcurrencyRule Debounce = Rule(ConcurrencyStrategy.CancelInProgress) with { Debounce = new Debounce("5s", "1m") };

    private GateReply Enter(string run, ConcurrencyRule rule, double at = 0, string key = "k", double? accepted = null)
    {
        EnterRequest request = new(new RunAge(run, Noon.AddSeconds(accepted ?? at)), new RunGate("w:1:0:k", key, rule), 0);
        (_state, GateReply reply) = GateRules.Enter(Stored(), request, Noon.AddSeconds(at));
        return reply;
    }

    private ImmutableArray<GateAdmission> Leave(string run)
    {
        (_state, ImmutableArray<GateAdmission> told) = GateRules.Leave(Stored(), new LeaveRequest([run], By: run));
        return told;
    }

    private string[] Set(LimitValues values, double at = 0, params (string Key, LimitValues Values)[] keys)
    {
        GateLimits limits = new(++_number, values) { Keys = keys.Length == 0 ? null : keys.ToImmutableDictionary(key => key.Key, key => key.Values) };
        (_state, ImmutableArray<GateAdmission> told) = LimitRules.Set(Stored(), limits, Noon.AddSeconds(at));
        return [.. told.Select(one => one.AsksAgain ? $"{one.RunId} asks" : one.RunId)];
    }

    /// <summary>A state as it comes back from the store.</summary>
    private GateState Stored() => JsonSerializer.Deserialize<GateState>(JsonSerializer.Serialize(_state))!;

    [Fact]
    public void A_maximum_that_rises_admits_those_that_wait_and_one_that_is_taken_back_stops_nobody()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.Queue);
        Enter("a", rule);
        Assert.Equal([GateVerdict.Wait, GateVerdict.Wait, GateVerdict.Wait], [Enter("b", rule).Verdict, Enter("c", rule).Verdict, Enter("d", rule).Verdict]);
        Assert.Equal(["b", "c"], Set(new() { MaxRuns = 3 }));
        Assert.Equal(3, StandingRule.MaxRunsOf(_state, "k"));
        Assert.Empty(Set(LimitValues.None));
        Assert.Equal((3, 1), (_state.Holders.Length, _state.Rule!.MaxRuns));
        Assert.Empty(Leave("a"));
        Assert.Empty(Leave("b"));
        Assert.Equal("d", Assert.Single(Leave("c")).RunId);
    }

    [Fact]
    public void A_key_with_a_limit_of_its_own_is_paused_with_all_others()
    {
        ConcurrencyRule turns = Rule(ConcurrencyStrategy.RoundRobin);
        Enter("a", turns, key: "other");
        Set(new() { Pause = true }, 0, ("k", new() { MaxRuns = 3 }));
        Assert.Equal(GateVerdict.Wait, Enter("b", turns).Verdict);
        Assert.Equal(["b"], Set(LimitValues.None, 0, ("k", new() { MaxRuns = 3 })));
    }

    [Fact]
    public void A_rule_that_a_deployment_made_a_debounce_lets_one_wait_whatever_the_limit()
    {
        Set(new() { MaxRuns = 3, Rate = new StartRate(1, "1h"), Weight = 2 });
        Enter("a", Debounce);
        Enter("b", Debounce, 1);
        Assert.Equal(["b"], _state.Waiters.Select(waiter => waiter.Age.RunId));
        Assert.Equal((1, null, null), (_state.Rule!.MaxRuns, _state.Rule.Rate, _state.Rule.Weight));
    }

    [Fact]
    public void A_limit_stands_whatever_newer_runs_bring()
    {
        Set(new() { MaxRuns = 2 });
        Assert.Equal(GateVerdict.Admitted, Enter("a", Rule(ConcurrencyStrategy.Queue), 1).Verdict);
        Assert.Equal(GateVerdict.Admitted, Enter("b", Rule(ConcurrencyStrategy.Queue, 9), 2).Verdict);
        Assert.Equal(GateVerdict.Wait, Enter("c", Rule(ConcurrencyStrategy.Queue, 9), 3).Verdict);
        // What the newest run brought holds again.
        Assert.Equal(["c"], Set(LimitValues.None));
        Assert.Equal(9, _state.Rule!.MaxRuns);
    }

    [Fact]
    public void Changes_take_effect_once_and_in_their_order()
    {
        Enter("a", Rule(ConcurrencyStrategy.Queue));
        Enter("b", Rule(ConcurrencyStrategy.Queue));
        GateLimits older = new(1, new() { MaxRuns = 5 });
        (_state, _) = LimitRules.Set(_state, new GateLimits(2, new() { MaxRuns = 1 }), Noon);
        (GateState after, ImmutableArray<GateAdmission> told) = LimitRules.Set(_state, older, Noon);
        Assert.Same(_state, after);
        Assert.Empty(told);
        (_state, told) = LimitRules.Set(_state, new GateLimits(3, new() { MaxRuns = 2 }), Noon);
        Assert.Equal("b", Assert.Single(told).RunId);
        (after, told) = LimitRules.Set(_state, new GateLimits(3, new() { MaxRuns = 2 }), Noon);
        Assert.Same(_state, after);
        Assert.Empty(told);
    }

    [Fact]
    public void While_it_is_paused_nobody_starts_and_those_inside_go_on()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.Queue, 2);
        Enter("a", rule);
        Set(new() { Pause = true });
        Assert.Equal(GateVerdict.Wait, Enter("b", rule).Verdict);
        Assert.Equal(GateVerdict.Admitted, Enter("a", rule).Verdict);
        Assert.Empty(Leave("a"));
        Assert.Equal(["b"], Set(LimitValues.None));
    }

    /// <summary>A child of a run that is inside waits for the end of the pause, and not for its parent.</summary>
    [Fact]
    public void A_child_at_a_paused_gate_waits()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.Queue, 2);
        Enter("parent", rule);
        Set(new() { Pause = true });
        EnterRequest child = new(new RunAge("child", Noon), new RunGate("w:1:0:k", "k", rule), 0) { Callers = ["parent"] };
        Assert.Equal(GateVerdict.Wait, GateRules.Enter(_state, child, Noon).Reply.Verdict);
    }

    [Fact]
    public void Where_nobody_waits_a_run_is_turned_away_while_it_is_paused()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.CancelNewest);
        Set(new() { Pause = true });
        GateReply reply = Enter("a", rule);
        Assert.Equal((GateVerdict.Full, true), (reply.Verdict, reply.IsPaused));
        Set(LimitValues.None);
        Assert.Equal(GateVerdict.Admitted, Enter("a", rule).Verdict);
    }

    [Fact]
    public void The_newest_of_a_paused_key_waits()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.CancelInProgress);
        Set(new() { Pause = true });
        Assert.Equal(GateVerdict.Wait, Enter("a", rule, 1).Verdict);
        GateReply newer = Enter("b", rule, 2);
        Assert.Equal((GateVerdict.Wait, "a"), (newer.Verdict, Assert.Single(newer.Stops).RunId));
        Assert.Equal(["b"], Set(LimitValues.None, 3));
    }

    /// <summary>With CancelInProgress the oldest surplus runs go when the next comes.</summary>
    [Fact]
    public void A_maximum_that_falls_stops_the_oldest_when_a_newer_one_comes()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.CancelInProgress, 3);
        Enter("a", rule, 1);
        Enter("b", rule, 2);
        Enter("c", rule, 3);
        Set(new() { MaxRuns = 1 });
        Assert.All(_state.Holders, holder => Assert.Null(holder.SupersededBy));
        Assert.Equal(["a", "b", "c"], Enter("d", rule, 4).Stops.Select(stop => stop.RunId));
    }

    [Fact]
    public void A_key_has_limits_of_its_own_where_keys_take_turns()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.RoundRobin, 1, maxTotal: 5);
        foreach (string run in (string[])["a1", "a2", "a3", "b1", "b2"])
            Enter(run, rule, key: run[..1]);
        Assert.Equal(["a1", "b1"], _state.Holders.Select(holder => holder.Age.RunId));
        Assert.Equal(["a2"], Set(LimitValues.None, 0, ("a", new() { MaxRuns = 2 })));
        Assert.Equal(["b2"], Set(new() { MaxRuns = 3 }, 0, ("a", new() { Pause = true })));
        Assert.Empty(Set(new() { MaxRuns = 3, MaxTotal = 4 }));
        Assert.Equal(["a3"], Set(new() { MaxRuns = 3, MaxTotal = 5 }));
        Assert.Equal(5, _state.Holders.Length);
    }

    [Fact]
    public void A_weight_takes_effect_at_once()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.RoundRobin, 1, maxTotal: 1);
        Enter("busy", rule, key: "busy");
        foreach (string run in (string[])["a1", "a2", "a3", "b1", "b2"])
            Enter(run, rule, key: run[..1]);
        Set(LimitValues.None, 0, ("a", new() { Weight = 2 }));
        List<string> order = [];
        for (string inside = "busy"; order.Count < 5; inside = order[^1])
            order.Add(Assert.Single(Leave(inside)).RunId);
        Assert.Equal(["a1", "a2", "b1", "a3", "b2"], order);
    }

    [Fact]
    public void More_may_wait_and_fewer()
    {
        ConcurrencyRule rule = Rule(ConcurrencyStrategy.Queue);
        Enter("a", rule);
        Set(new() { MaxQueued = 1 });
        Assert.Equal([GateVerdict.Wait, GateVerdict.QueueFull], [Enter("b", rule).Verdict, Enter("c", rule).Verdict]);
        Set(LimitValues.None);
        Assert.Equal(GateVerdict.Wait, Enter("c", rule).Verdict);
    }

    [Fact]
    public void A_throttle_goes_by_its_new_rate_and_those_in_line_hear_of_it()
    {
        Assert.Equal(GateVerdict.Admitted, Enter("a", Throttle).Verdict);
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)), (Enter("b", Throttle).Pause, Enter("c", Throttle, accepted: 0.5).Pause));
        // The first start has used up ten seconds; from then on it is two a second.
        Assert.Empty(Set(new() { Rate = new StartRate(2, "1s") }, at: 1));
        GateReply reply = Enter("b", Throttle, 10);
        Assert.Equal((GateVerdict.Admitted, "c", true), (reply.Verdict, Assert.Single(reply.Admissions).RunId, reply.Admissions[0].AsksAgain));
        Assert.Equal(TimeSpan.FromSeconds(0.5), Enter("c", Throttle, 10, accepted: 0.5).Pause);
    }

    [Fact]
    public void A_burst_that_grows_lets_those_in_line_start()
    {
        Enter("a", Throttle);
        Enter("b", Throttle);
        Enter("c", Throttle, accepted: 0.5);
        Enter("d", Throttle, accepted: 0.6);
        Assert.Equal(["b", "c", "d asks"], Set(new() { MaxRuns = 3 }, at: 1));
    }

    [Fact]
    public void A_paused_throttle_lets_nobody_start_and_wakes_the_first_afterwards()
    {
        Enter("a", Throttle);
        Set(new() { Pause = true }, 1);
        Assert.Equal((GateVerdict.Wait, StartPause.Longest), (Enter("b", Throttle, 30).Verdict, Enter("b", Throttle, 30).Pause));
        Assert.Equal(GateVerdict.Wait, Enter("c", Throttle, 31).Verdict);
        Assert.Equal(["b", "c asks"], Set(LimitValues.None, 60));
        ConcurrencyRule rejects = Throttle with { Strategy = ConcurrencyStrategy.CancelNewest };
        _state = new GateState();
        Set(new() { Pause = true });
        GateReply reply = Enter("x", rejects, 100);
        Assert.Equal((GateVerdict.QueueFull, true, null), (reply.Verdict, reply.IsPaused, reply.RetryAt));
    }

    [Fact]
    public void A_paused_debounce_keeps_the_newest_until_it_may_start()
    {
        Enter("a", Debounce);
        Set(new() { Pause = true }, 1);
        Assert.Equal((GateVerdict.Wait, StartPause.Longest), (Enter("a", Debounce, 20, accepted: 0).Verdict, Enter("a", Debounce, 20, accepted: 0).Pause));
        Assert.Equal(["a"], Set(LimitValues.None, 30));
        Enter("b", Debounce, 40);
        Set(new() { Pause = true }, 41);
        Assert.Equal(["b asks"], Set(LimitValues.None, 42));
    }

    /// <summary>A deployment has made a throttle a queue: the rate has no effect.</summary>
    [Fact]
    public void What_does_not_belong_to_the_kind_of_rule_has_no_effect()
    {
        Set(new() { Rate = new StartRate(1, "1h"), Weight = 3, MaxRuns = 2 });
        Assert.Equal([GateVerdict.Admitted, GateVerdict.Admitted], [Enter("a", Rule(ConcurrencyStrategy.Queue)).Verdict, Enter("b", Rule(ConcurrencyStrategy.Queue)).Verdict]);
        Assert.Null(_state.Rule!.Rate);
    }

    [Theory]
    [InlineData("w:2:1:abc", "w:1")]
    [InlineData("w:2:1:-", "w:1")]
    [InlineData("w:2:1:abc~", "w:1")]
    [InlineData("~gpu:abc~quiet", "gpu")]
    public void A_gate_knows_its_rule(string gate, string rule) => Assert.Equal(rule, RuleId.OfGate(gate));

    [Fact]
    public void A_gate_of_one_key_takes_what_is_for_its_key_over_what_is_for_all()
    {
        Limit all = new() { Rule = "w:0", MaxRuns = 4, MaxQueued = 7, At = Noon, Number = 1 };
        Limit own = new() { Rule = "w:0", Key = "k", MaxRuns = 2, Pause = true, At = Noon, Number = 2 };
        Assert.Equal(new LimitValues { MaxRuns = 2, MaxQueued = 7, Pause = true }, GateLimits.Of("w:1:0:" + RunId.HashKey("k"), 2, [all, own]).Values);
        Assert.Equal(new LimitValues { MaxRuns = 2, MaxQueued = 7, Pause = true }, GateLimits.Of("w:1:0:" + RunId.HashKey("k") + "~", 2, [all, own]).Values);
        Assert.Equal(new LimitValues { MaxRuns = 4, MaxQueued = 7 }, GateLimits.Of("w:1:0:" + RunId.HashKey("other"), 2, [all, own]).Values);
        // Either can pause.
        Assert.True(GateLimits.Of("w:1:0:" + RunId.HashKey("k"), 2, [all with { Pause = true }, own with { Pause = false }]).Values.Pause);
        GateLimits inTurn = GateLimits.Of("w:1:0:-", 2, [all, own]);
        Assert.Equal((4, 2, 7), (inTurn.Of("other").MaxRuns, inTurn.Of("k").MaxRuns, inTurn.Of("k").MaxQueued));
    }
}
