using System.Collections.Immutable;

namespace Preempt.Tests.Concurrency;

/// <summary>The decisions of a gate that waits until its key is quiet, without an engine.</summary>
public class DebounceRulesTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ConcurrencyRule Rule = new()
    {
        Key = "{input.key}",
        MaxRuns = 1,
        Strategy = ConcurrencyStrategy.CancelInProgress,
        Debounce = new Debounce("5s", "12s"),
    };

    private GateState _state = new();

    private GateReply Enter(string run, double at, double? accepted = null, bool returns = false, ConcurrencyRule? rule = null)
    {
        EnterRequest request = new(new RunAge(run, Noon.AddSeconds(accepted ?? at)), new RunGate("w:1:0:k", "k", rule ?? Rule), 0, returns);
        (_state, GateReply reply) = GateRules.Enter(_state, request, Noon.AddSeconds(at));
        return reply;
    }

    private ImmutableArray<GateAdmission> Leave(string run, bool returns = false)
    {
        (_state, ImmutableArray<GateAdmission> told) = DebounceRules.Leave(_state, new LeaveRequest([run], By: run, returns));
        return told;
    }

    [Fact]
    public void The_newest_starts_when_none_has_come_for_the_quiet_time()
    {
        Assert.Equal((GateVerdict.Wait, TimeSpan.FromSeconds(5)), (Enter("a", 0).Verdict, Enter("a", 0).Pause));
        // To ask too soon changes nothing, and the state is written only where it has changed.
        GateState before = _state;
        Enter("a", 1, accepted: 0);
        Assert.Same(before, _state);
        GateReply reply = Enter("b", 3);
        Assert.Equal((GateVerdict.Wait, TimeSpan.FromSeconds(5)), (reply.Verdict, reply.Pause));
        Assert.Equal([new GateStop("a", "b", HasLeft: true)], reply.Stops);
        // Had it not heard of the stop, it would hear when it asks at its time.
        Assert.Equal((GateVerdict.Superseded, "b"), (Enter("a", 5, accepted: 0).Verdict, Enter("a", 5, accepted: 0).SupersededBy));
        Assert.Equal((GateVerdict.Wait, TimeSpan.FromSeconds(1)), (Enter("b", 7, accepted: 3).Verdict, Enter("b", 7, accepted: 3).Pause));
        Assert.Equal((GateVerdict.Admitted, 1), (Enter("b", 8, accepted: 3).Verdict, Enter("b", 8, accepted: 3).Token));
        Assert.Equal(GateVerdict.Admitted, Enter("b", 100, accepted: 3).Verdict);
    }

    [Fact]
    public void If_the_key_is_never_quiet_the_newest_starts_at_the_longest_time()
    {
        for (int second = 0; second < 12; second += 2)
            Enter($"run at {second:00}", second);
        Assert.Equal(TimeSpan.FromSeconds(1), Enter("last", 11).Pause);
        GateReply next = Enter("next", 12.5);
        Assert.Equal([new GateAdmission("last", 1, OthersWait: false)], next.Admissions);
        Assert.Equal((GateVerdict.Wait, TimeSpan.FromSeconds(5)), (next.Verdict, next.Pause));
        Assert.Empty(next.Stops);
        Assert.Equal([new GateAdmission("last", 1, OthersWait: false)], Enter("next", 13, accepted: 12.5).Admissions);
        Assert.Equal(GateVerdict.Admitted, Enter("last", 13, accepted: 11).Verdict);
    }

    [Fact]
    public void An_older_run_that_comes_late_is_superseded_also_when_the_newer_has_started()
    {
        Enter("new", 10);
        Assert.Equal((GateVerdict.Superseded, "new"), (Enter("old", 11, accepted: 9).Verdict, Enter("old", 11, accepted: 9).SupersededBy));
        Assert.Equal(GateVerdict.Admitted, Enter("new", 15, accepted: 10).Verdict);
        Assert.Equal(GateVerdict.Superseded, Enter("older", 20, accepted: 8).Verdict);
        Assert.Equal(GateVerdict.Wait, Enter("newer", 20).Verdict);
    }

    [Fact]
    public void One_that_gives_up_ends_the_burst_and_its_echo_does_not_wait()
    {
        Enter("a", 0);
        Enter("b", 4);
        Leave("b");
        Assert.Null(DebounceRules.StartOf(_state));
        Assert.Equal((GateVerdict.Gone, true), (Enter("b", 5, accepted: 4).Verdict, Enter("b", 5, accepted: 4).HasBeenHere));
        Assert.Equal(TimeSpan.FromSeconds(5), Enter("c", 11).Pause);
    }

    [Fact]
    public void One_that_steps_out_may_come_in_again_but_not_before_a_newer_one()
    {
        Enter("a", 0);
        Leave("a", returns: true);
        Assert.Equal(GateVerdict.Wait, Enter("a", 1, accepted: 0, returns: true).Verdict);
        Enter("b", 2);
        Assert.Equal(GateVerdict.Superseded, Enter("a", 3, accepted: 0, returns: true).Verdict);
        // One that has started starts no second time.
        Assert.Equal(GateVerdict.Admitted, Enter("b", 7, accepted: 2).Verdict);
        Leave("b", returns: true);
        Assert.Equal((GateVerdict.Admitted, 1), (Enter("b", 8, accepted: 2, returns: true).Verdict, _state.LastToken));
    }

    [Fact]
    public void A_clock_that_was_ahead_holds_nobody_up()
    {
        Enter("a", 5000);
        Assert.Equal(TimeSpan.FromSeconds(5), Enter("a", 0, accepted: 5000).Pause);
        Assert.Equal(GateVerdict.Admitted, Enter("a", 5, accepted: 5000).Verdict);
    }

    [Fact]
    public void A_clock_that_was_ahead_does_not_make_the_longest_time_longer()
    {
        Enter("a", 5000, accepted: 0);
        for (int second = 0; second < 12; second += 4)
            Enter($"run at {second:00}", second, accepted: second + 1);
        Assert.Equal(TimeSpan.FromSeconds(1), Enter("last", 11, accepted: 12).Pause);
    }

    [Fact]
    public void The_newest_run_says_which_rule_stands()
    {
        ConcurrencyRule longer = Rule with { Debounce = new Debounce("30s", "1m") };
        Enter("a", 0);
        Assert.Equal(TimeSpan.FromSeconds(30), Enter("b", 1, rule: longer).Pause);
        Assert.Equal(TimeSpan.FromSeconds(29), Enter("b", 2, accepted: 1, rule: longer).Pause);
        // A deployment that takes it back is newer again.
        Assert.Equal(TimeSpan.FromSeconds(5), Enter("c", 3).Pause);
    }

    [Fact]
    public void Who_leaves_is_told_again_whom_it_was_to_tell()
    {
        Enter("a", 0);
        GateAdmission start = new("a", 1, OthersWait: false);
        Assert.Equal([start], Enter("b", 6).Admissions);
        Assert.Equal([start], Leave("b"));
        // It has left, and the answer was lost.
        Assert.Equal([start], Leave("b"));
    }

    [Fact]
    public void What_it_remembers_can_be_written_and_read()
    {
        Enter("a", 0);
        Enter("a", 5, accepted: 0);
        Enter("b", 6);
        string json = System.Text.Json.JsonSerializer.Serialize(_state);
        GateState read = System.Text.Json.JsonSerializer.Deserialize<GateState>(json)!;
        Assert.Equal((_state.Debounce, _state.Waiters.Single()), (read.Debounce, read.Waiters.Single()));
        Assert.True(StartLog.Has(read, "a", 1));
        Assert.Equal(json, System.Text.Json.JsonSerializer.Serialize(read));
    }
}
