using System.Collections.Immutable;

namespace Preempt.Tests.Concurrency;

/// <summary>The decisions of a throttle, without an engine.</summary>
public class ThrottleRulesTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private GateState _state = new();

    /// <summary>Six a minute are ten seconds apart.</summary>
    private static ConcurrencyRule Rule(int burst = 1, ConcurrencyStrategy strategy = ConcurrencyStrategy.Queue, int starts = 6, int maxQueued = 10_000) => new()
    {
        Key = "{input.key}",
        MaxRuns = burst,
        Strategy = strategy,
        Rate = new StartRate(starts, "1 minute"),
        MaxQueued = maxQueued,
    };

    private GateReply Enter(string run, double at, ConcurrencyRule? rule = null, int priority = 0, double? accepted = null, bool returns = false)
    {
        EnterRequest request = new(new RunAge(run, Noon.AddSeconds(accepted ?? at)), new RunGate("w:1:0:k", "k", rule ?? Rule()), priority, returns);
        (_state, GateReply reply) = GateRules.Enter(_state, request, Noon.AddSeconds(at));
        return reply;
    }

    private ImmutableArray<GateAdmission> Leave(string run, double at, bool returns = false)
    {
        (_state, ImmutableArray<GateAdmission> told) = ThrottleRules.Leave(_state, new LeaveRequest([run], By: run, returns), Noon.AddSeconds(at));
        return told;
    }

    [Fact]
    public void The_first_starts_at_once_and_the_others_evenly_spread()
    {
        Assert.Equal(GateVerdict.Admitted, Enter("a", 0).Verdict);
        Assert.Equal((GateVerdict.Wait, TimeSpan.FromSeconds(9)), (Enter("b", 1).Verdict, Enter("b", 1).Pause));
        Assert.Equal(TimeSpan.FromSeconds(18), Enter("c", 2).Pause);
        Assert.Equal((GateVerdict.Admitted, 2), (Enter("b", 10).Verdict, Enter("b", 10).Token));
        Assert.Equal((GateVerdict.Admitted, 3), (Enter("c", 20).Verdict, Enter("c", 20).Token));
    }

    [Fact]
    public void A_burst_starts_at_the_same_moment_and_a_pause_saves_no_more_than_one()
    {
        ConcurrencyRule rule = Rule(burst: 3);
        Assert.Equal([GateVerdict.Admitted, GateVerdict.Admitted, GateVerdict.Admitted, GateVerdict.Wait], Enumerable.Range(0, 4).Select(n => Enter($"a{n}", 0, rule).Verdict));
        Assert.Equal(TimeSpan.FromSeconds(10), Enter("a3", 0, rule).Pause);
        Assert.Equal(GateVerdict.Admitted, Enter("a3", 10, rule).Verdict);
        Assert.Equal(3, Enumerable.Range(0, 9).Count(n => Enter($"b{n}", 10_000, rule).Verdict == GateVerdict.Admitted));
    }

    /// <summary>Those in line were terminated past Preempt, and ask no more: whoever comes has them start, one by one, and their places become free.</summary>
    [Fact]
    public void A_full_line_of_dead_runs_does_not_turn_everybody_away_for_ever()
    {
        ConcurrencyRule rule = Rule(maxQueued: 2);
        Enter("a", 0, rule);
        Enter("dead-1", 1, rule);
        Enter("dead-2", 2, rule);
        Assert.Equal(GateVerdict.QueueFull, Enter("early", 5, rule).Verdict);
        GateReply reply = Enter("late", 12, rule);
        Assert.Equal((GateVerdict.Wait, "dead-1"), (reply.Verdict, Assert.Single(reply.Admissions, told => !told.AsksAgain).RunId));
    }

    [Fact]
    public void Whoever_asks_has_those_before_it_start_and_tells_them_again_until_they_are_forgotten()
    {
        Enter("a", 0);
        Enter("b", 1);
        Enter("c", 2);
        GateReply reply = Enter("c", 10.5);
        Assert.Equal((GateVerdict.Wait, TimeSpan.FromSeconds(10)), (reply.Verdict, reply.Pause));
        Assert.Equal([new GateAdmission("b", 2, OthersWait: false)], reply.Admissions);
        Assert.Equal([new GateAdmission("b", 2, OthersWait: false)], Enter("c", 10.6).Admissions);
        Assert.Equal((GateVerdict.Admitted, 2), (Enter("b", 11).Verdict, Enter("b", 11).Token));
        // Neither start comes sooner than the rate allows, although the first was late.
        Assert.Equal(GateVerdict.Wait, Enter("c", 20.4).Verdict);
        Assert.Equal(GateVerdict.Admitted, Enter("c", 20.5).Verdict);
    }

    [Fact]
    public void If_one_gives_up_the_first_in_line_is_told_that_its_time_comes_sooner()
    {
        Enter("a", 0);
        foreach (string run in new[] { "b", "c", "d" })
            Enter(run, 1);
        Assert.Equal([new GateAdmission("c", 0, OthersWait: true, AsksAgain: true)], Leave("b", 2));
        Assert.Equal(TimeSpan.FromSeconds(7), Enter("c", 3).Pause);
        // Whoever starts next sees to the one behind it.
        GateReply started = Enter("c", 10);
        Assert.Equal(GateVerdict.Admitted, started.Verdict);
        Assert.Equal([new GateAdmission("d", 0, OthersWait: true, AsksAgain: true)], started.Admissions);
        Assert.Equal(TimeSpan.FromSeconds(10), Enter("d", 10).Pause);
    }

    [Fact]
    public void Where_nobody_gives_up_nobody_is_told_to_ask_again()
    {
        Enter("a", 0);
        for (int n = 0; n < 20; n++)
            Assert.Empty(Enter($"b{n:00}", 1).Admissions);
        for (int n = 0; n < 20; n++)
        {
            GateReply reply = Enter($"b{n:00}", 10 * (n + 1));
            Assert.Equal(GateVerdict.Admitted, reply.Verdict);
            Assert.Empty(reply.Admissions);
        }
    }

    [Fact]
    public void A_higher_priority_starts_first()
    {
        Enter("a", 0);
        Enter("b", 1);
        Assert.Equal(TimeSpan.FromSeconds(8), Enter("urgent", 2, priority: 5).Pause);
        Assert.Equal([new GateAdmission("urgent", 2, OthersWait: false)], Enter("b", 10).Admissions);
        Assert.Equal(GateVerdict.Admitted, Enter("b", 20).Verdict);
    }

    [Fact]
    public void A_rate_limit_rejects_and_says_when_the_next_can_start()
    {
        ConcurrencyRule rule = Rule(burst: 6, ConcurrencyStrategy.CancelNewest);
        Assert.All(Enumerable.Range(0, 6), n => Assert.Equal(GateVerdict.Admitted, Enter($"a{n}", 0, rule).Verdict));
        GateReply reply = Enter("b", 4, rule);
        // The gate's own time, however late the run hears it.
        Assert.Equal((GateVerdict.QueueFull, Noon.AddSeconds(10)), (reply.Verdict, reply.RetryAt));
        // A rejection changes nothing, and the state is written only where it has changed.
        GateState before = _state;
        Enter("b", 4, rule);
        Assert.Same(before, _state);
        Assert.Equal(GateVerdict.Admitted, Enter("c", 10, rule).Verdict);
        Assert.Equal(GateVerdict.QueueFull, Enter("d", 10, rule).Verdict);
    }

    [Fact]
    public void A_full_line_rejects_but_not_one_that_comes_back()
    {
        ConcurrencyRule rule = Rule(maxQueued: 1);
        Enter("a", 0, rule);
        Enter("b", 0, rule);
        Assert.Equal((GateVerdict.QueueFull, Noon.AddSeconds(20)), (Enter("c", 0, rule).Verdict, Enter("c", 0, rule).RetryAt));
        Assert.Equal(GateVerdict.Wait, Enter("c", 0, rule, returns: true).Verdict);
    }

    [Fact]
    public void An_echo_of_one_that_gave_up_does_not_start_and_one_that_steps_out_may_come_in_again()
    {
        Enter("a", 0);
        Enter("b", 1);
        Leave("b", 2);
        Assert.Equal(GateVerdict.Gone, Enter("b", 3).Verdict);
        Enter("c", 4);
        Leave("c", 5, returns: true);
        Assert.Equal(GateVerdict.Wait, Enter("c", 6, returns: true).Verdict);
        // One that has started uses nothing up a second time.
        Assert.Equal(GateVerdict.Admitted, Enter("c", 10, returns: true).Verdict);
        Leave("c", 11, returns: true);
        Assert.Equal((GateVerdict.Admitted, 2), (Enter("c", 12, returns: true).Verdict, Enter("c", 12, returns: true).Token));
        Assert.Equal(TimeSpan.FromSeconds(8), Enter("d", 12).Pause);
    }

    [Fact]
    public void A_clock_that_was_ahead_and_a_rule_that_allowed_less_hold_nobody_up()
    {
        Enter("a", 50_000);
        Assert.Equal(TimeSpan.FromSeconds(20), Enter("b", 0).Pause);
        Assert.Equal(GateVerdict.Admitted, Enter("b", 20).Verdict);
        Enter("c", 100, Rule(starts: 1));
        Assert.Equal(TimeSpan.FromSeconds(11), Enter("d", 101, Rule(starts: 60)).Pause);
    }

    [Fact]
    public void A_gate_that_moves_between_hosts_whose_clocks_differ_lets_no_more_start()
    {
        int started = 0;
        for (int second = 0; second < 100; second++)
        {
            double clock = second + (second % 2 == 0 ? 4 : -4);
            started += Enter($"a{second}", clock, Rule(strategy: ConcurrencyStrategy.CancelNewest)).Verdict == GateVerdict.Admitted ? 1 : 0;
        }

        Assert.InRange(started, 9, 11);
    }

    [Fact]
    public void The_books_know_the_latest_starts_and_take_older_ones_for_written()
    {
        ConcurrencyRule rule = Rule(burst: 1000, starts: 100_000, strategy: ConcurrencyStrategy.Queue) with { Rate = new StartRate(1000, "1 second") };
        Assert.False(StartLog.Has(_state, "a0", 1));
        for (int n = 0; n < 1200; n++)
            Assert.Equal(GateVerdict.Admitted, Enter($"a{n}", n, rule).Verdict);
        Assert.Equal(1000, _state.Started!.Value.Length);
        Assert.True(StartLog.Has(_state, "a1199", 1200));
        Assert.False(StartLog.Has(_state, "other", 1200));
        Assert.False(StartLog.Has(_state, "a1199", 1201));
        Assert.True(StartLog.Has(_state, "a0", 1));
    }

    /// <summary>Whoever comes, asks and gives up: in no time do more start than the rule allows, and nobody waits while there is room.</summary>
    [Fact]
    public void No_time_of_any_length_has_more_starts_than_the_rule_allows()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            _state = new GateState();
            Random random = new(seed);
            ConcurrencyRule rule = Rule(burst: random.Next(1, 5), starts: random.Next(1, 30));
            TimeSpan part = rule.Rate!.Per.Value / rule.Rate.Starts;
            Dictionary<string, double> alarms = [];
            List<double> starts = [];
            double now = 0;
            for (int step = 0; step < 200; step++)
            {
                now += random.NextDouble() * part.TotalSeconds;
                string run = alarms.Count > 0 && random.Next(2) == 0 ? alarms.MinBy(alarm => alarm.Value).Key : $"run {step}";
                if (alarms.TryGetValue(run, out double alarm) && random.Next(5) > 0)
                    now = Math.Max(now, alarm);
                if (alarms.ContainsKey(run) && random.Next(5) == 0)
                {
                    alarms.Remove(run);
                    Note(Leave(run, now));
                    continue;
                }

                GateReply reply = Enter(run, now, rule, random.Next(3), accepted: alarms.ContainsKey(run) ? 0 : now);
                if (reply.Verdict == GateVerdict.Admitted)
                {
                    alarms.Remove(run);
                    starts.Add(now);
                }
                else
                {
                    alarms[run] = now + reply.Pause!.Value.TotalSeconds;
                }

                Note(reply.Admissions);
            }

            for (int first = 0; first < starts.Count; first++)
            {
                for (int last = first; last < starts.Count; last++)
                {
                    double allowed = rule.MaxRuns + (starts[last] - starts[first]) / part.TotalSeconds;
                    Assert.True(last - first + 1 <= allowed + 0.001, $"seed {seed}: {last - first + 1} starts in {starts[last] - starts[first]} s, allowed are {allowed}");
                }
            }

            Assert.NotEmpty(starts);

            void Note(ImmutableArray<GateAdmission> told)
            {
                foreach (GateAdmission admission in told)
                {
                    if (admission.AsksAgain)
                        alarms[admission.RunId] = now;
                    else if (alarms.Remove(admission.RunId))
                        starts.Add(now);
                }
            }
        }
    }

    [Fact]
    public void A_run_that_waits_is_remembered_with_the_time_at_which_it_asks()
    {
        Enter("a", 0);
        Enter("b", 1, priority: -3);
        string json = System.Text.Json.JsonSerializer.Serialize(_state);
        GateState read = System.Text.Json.JsonSerializer.Deserialize<GateState>(json)!;
        Assert.Equal(_state.Waiters.Single(), read.Waiters.Single());
        Assert.Equal(Noon.AddSeconds(10), read.Waiters.Single().AsksAt);
        Assert.Equal(_state.Started!.Value.AsEnumerable(), read.Started!.Value);
        Assert.Equal(json, System.Text.Json.JsonSerializer.Serialize(read));
    }
}
