using System.Collections.Immutable;
using CsCheck;

namespace Preempt.Tests.Concurrency;

/// <summary>Runs of one gate that bring different rules: the newest says what holds.</summary>
public sealed class StandingRuleTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private GateState _state = new();

    private static RunAge Age(int run) => new($"run-{run:D2}", Start.AddMinutes(-30).AddSeconds(run));

    private GateReply Enter(int run, int maxRuns, ConcurrencyStrategy strategy = ConcurrencyStrategy.Queue, string key = "key", DateTimeOffset? now = null)
    {
        ConcurrencyRule rule = new() { Key = "{input.key}", MaxRuns = maxRuns, IsMaxRunsComputed = true, Strategy = strategy };
        (_state, GateReply reply) = GateRules.Enter(_state, new EnterRequest(Age(run), new RunGate("gate", key, rule), 0), now ?? Start);
        return reply;
    }

    private ImmutableArray<GateAdmission> Leave(int run)
    {
        (_state, ImmutableArray<GateAdmission> admissions) = GateRules.Leave(_state, new LeaveRequest([Age(run).RunId], By: Age(run).RunId));
        return admissions;
    }

    private IEnumerable<string> Holders => _state.Holders.Select(holder => holder.Age.RunId);

    [Fact]
    public void The_newest_run_says_what_holds_in_whatever_order_they_come() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[1, 9]).Array[1, 30].Sample(static runs =>
        {
            StandingRuleTests gate = new();
            List<(int Run, int MaxRuns)> entered = [];
            foreach ((int run, int maxRuns) in runs.DistinctBy(run => run.Item1))
            {
                gate.Enter(run, maxRuns);
                entered.Add((run, maxRuns));
                Assert.Equal(entered.MaxBy(one => one.Run).MaxRuns, gate._state.Rule!.MaxRuns);
            }
        });

    [Fact]
    public void A_maximum_that_falls_stops_nobody_in_a_queue_and_the_next_starts_when_enough_have_ended()
    {
        Assert.All([1, 2, 3], run => Assert.Equal(GateVerdict.Admitted, Enter(run, 3).Verdict));

        GateReply fourth = Enter(4, 1);

        Assert.Equal((GateVerdict.Wait, 0), (fourth.Verdict, fourth.Stops.Length));
        Assert.Empty(Leave(1));
        Assert.Empty(Leave(2));
        Assert.Equal(Age(4).RunId, Assert.Single(Leave(3)).RunId);
    }

    [Fact]
    public void A_maximum_that_rises_starts_those_that_wait()
    {
        Assert.Equal(GateVerdict.Admitted, Enter(1, 1).Verdict);
        Assert.Equal(GateVerdict.Wait, Enter(2, 1).Verdict);
        Assert.Equal(GateVerdict.Wait, Enter(3, 1).Verdict);

        GateReply fourth = Enter(4, 4);

        Assert.Equal(GateVerdict.Admitted, fourth.Verdict);
        Assert.Equal([Age(2).RunId, Age(3).RunId], fourth.Admissions.Select(admission => admission.RunId));
    }

    [Fact]
    public void An_older_run_that_comes_late_does_not_bring_its_maximum_back()
    {
        Assert.Equal(GateVerdict.Admitted, Enter(9, 1).Verdict);

        Assert.Equal(GateVerdict.Wait, Enter(1, 5).Verdict);
        Assert.Equal(GateVerdict.Wait, Enter(1, 5).Verdict);

        Assert.Equal(1, _state.Rule!.MaxRuns);
    }

    [Fact]
    public void A_maximum_that_falls_stops_the_oldest_where_the_newest_win()
    {
        Assert.All([1, 2, 3, 4], run => Assert.Equal(GateVerdict.Admitted, Enter(run, 4, ConcurrencyStrategy.CancelInProgress).Verdict));

        GateReply fifth = Enter(5, 2, ConcurrencyStrategy.CancelInProgress);

        Assert.Equal([Age(1).RunId, Age(2).RunId, Age(3).RunId], fifth.Stops.Select(stop => stop.RunId));
        Assert.Equal(GateVerdict.Wait, fifth.Verdict);
        Assert.Empty(Leave(1));
        Assert.Empty(Leave(2));
        Assert.Equal(Age(5).RunId, Assert.Single(Leave(3)).RunId);
    }

    [Fact]
    public void A_run_that_is_turned_away_hears_the_maximum_that_held()
    {
        Assert.Equal(GateVerdict.Admitted, Enter(5, 1, ConcurrencyStrategy.CancelNewest).Verdict);

        GateReply older = Enter(1, 7, ConcurrencyStrategy.CancelNewest);

        Assert.Equal((GateVerdict.Full, 1), (older.Verdict, older.MaxRuns));
    }

    [Fact]
    public void In_turn_each_key_has_its_own_maximum_and_one_that_is_gone_none()
    {
        Assert.All([1, 2, 3], run => Assert.Equal(GateVerdict.Admitted, Enter(run, 3, ConcurrencyStrategy.RoundRobin, "large").Verdict));
        Assert.Equal(GateVerdict.Admitted, Enter(4, 1, ConcurrencyStrategy.RoundRobin, "small").Verdict);
        Assert.Equal(GateVerdict.Wait, Enter(5, 1, ConcurrencyStrategy.RoundRobin, "small").Verdict);
        Assert.Equal(GateVerdict.Wait, Enter(6, 3, ConcurrencyStrategy.RoundRobin, "large").Verdict);

        // The newest of a key says what holds for that key alone.
        Assert.Equal(Age(6).RunId, Assert.Single(Leave(1)).RunId);
        Assert.Equal(Age(5).RunId, Assert.Single(Leave(4)).RunId);
        Assert.Equal(["large", "small"], _state.KeyLimits.Keys.Order());
        Assert.Empty(Leave(5));
        Assert.Equal("large", Assert.Single(_state.KeyLimits.Keys));
        Assert.Equal(3, Holders.Count());
    }

    [Fact]
    public void In_turn_an_older_run_has_the_maximum_of_its_own_key()
    {
        Assert.Equal(GateVerdict.Admitted, Enter(9, 1, ConcurrencyStrategy.RoundRobin, "small").Verdict);

        Assert.All([1, 2, 3], run => Assert.Equal(GateVerdict.Admitted, Enter(run, 3, ConcurrencyStrategy.RoundRobin, "large").Verdict));

        Assert.Equal((1, 3), (StandingRule.MaxRunsOf(_state, "small"), StandingRule.MaxRunsOf(_state, "large")));
    }

    [Fact]
    public void A_clock_that_was_ahead_does_not_make_its_rule_stand_for_good()
    {
        // The gate's own clock was an hour ahead, and so was the run's.
        Enter(1, 9, now: Start);
        _state = _state with { RuleAt = Start.AddHours(1) };

        Enter(2, 1, now: Start);

        Assert.Equal((1, Age(2).QueuedAt), (_state.Rule!.MaxRuns, _state.RuleAt));
    }

    [Fact]
    public void What_a_rule_without_code_remembers_of_keys_is_nothing()
    {
        ConcurrencyRule rule = new() { Key = "{input.key}", MaxRuns = 2, Strategy = ConcurrencyStrategy.RoundRobin };
        (_state, _) = GateRules.Enter(_state, new EnterRequest(Age(1), new RunGate("gate", "key", rule), 0), Start);

        Assert.Empty(_state.KeyLimits);
    }
}
