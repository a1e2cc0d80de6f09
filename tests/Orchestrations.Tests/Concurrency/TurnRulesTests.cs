using System.Collections.Immutable;

namespace Preempt.Tests.Concurrency;

/// <summary>Keys that take turns, each as many as its weight.</summary>
public class TurnRulesTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private GateState _state = new();
    private int _runs;

    private void Enter(string key, int? weight, int maxRuns = 1, int maxTotal = 1)
    {
        ConcurrencyRule rule = new()
        {
            Key = "{input.key}",
            MaxRuns = maxRuns,
            Strategy = ConcurrencyStrategy.RoundRobin,
            MaxTotal = maxTotal,
            Weight = weight,
            IsWeightComputed = weight is not null,
        };
        DateTimeOffset at = Noon.AddSeconds(_runs);
        EnterRequest request = new(new RunAge($"run-{_runs++:D5}", at), new RunGate("gate", key, rule), 0);
        (_state, _) = GateRules.Enter(_state, request, at);
    }

    /// <summary>The oldest run at work ends.</summary>
    /// <returns>The key that has the next turn; null if there is none.</returns>
    private string? Turn()
    {
        string ends = _state.Holders[0].Age.RunId;
        (_state, ImmutableArray<GateAdmission> admissions) = GateRules.Leave(_state, new LeaveRequest([ends], By: ends));
        return admissions.IsEmpty ? null : _state.Holders.Single(holder => holder.Age.RunId == admissions[0].RunId).Key;
    }

    [Fact]
    public void A_key_has_as_many_turns_in_a_row_as_its_weight()
    {
        Enter("busy", 1);
        for (int n = 0; n < 7; n++)
            Enter("pro", 3);
        for (int n = 0; n < 3; n++)
            Enter("free", 1);
        Assert.Equal("pro pro pro free pro pro pro free pro free", string.Join(' ', Enumerable.Range(0, 10).Select(_ => Turn())));
        Assert.Null(_state.TurnsTaken);
    }

    [Fact]
    public void A_weight_that_falls_below_the_turns_taken_ends_the_turn()
    {
        Enter("busy", 1);
        for (int n = 0; n < 6; n++)
            Enter("a", 4);
        for (int n = 0; n < 3; n++)
            Enter("b", 1);
        Assert.Equal("a a a", string.Join(' ', Enumerable.Range(0, 3).Select(_ => Turn())));
        Enter("a", 2);
        Assert.Equal("a b a a b", string.Join(' ', Enumerable.Range(0, 5).Select(_ => Turn())));
    }

    [Fact]
    public void The_turn_of_one_key_does_not_end_that_of_another()
    {
        GateState state = new() { KeyLimits = ImmutableDictionary<string, KeyLimit>.Empty.Add("a", new KeyLimit(1, Noon, 3)) };
        state = TurnRules.Take(TurnRules.Take(state, "a", 1), "b", 2);
        Assert.Equal(1, state.TurnsTaken!["a"]);
    }

    [Fact]
    public void In_any_turns_that_the_weights_add_up_to_each_key_has_its_weight()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            (_state, _runs) = (new GateState(), 0);
            Random random = new(seed);
            Dictionary<string, int> weights = Enumerable.Range(0, random.Next(2, 6)).ToDictionary(n => $"key {n}", _ => random.Next(1, 6));
            int sum = weights.Values.Sum();
            int maxTotal = random.Next(1, 4);
            foreach ((string key, int weight) in weights)
            {
                for (int n = 0; n < 12 * weight; n++)
                    Enter(key, weight, maxRuns: maxTotal, maxTotal);
            }

            string[] turns = [.. Enumerable.Range(0, 8 * sum).Select(_ => Turn()!)];
            for (int first = weights.Count; first + sum <= turns.Length; first++)
            {
                foreach ((string key, int weight) in weights)
                    Assert.True(turns[first..(first + sum)].Count(turn => turn == key) == weight, $"seed {seed}: {key} has weight {weight} of {sum}, from turn {first} of {string.Join(' ', turns)}");
            }
        }
    }

    [Fact]
    public void Whoever_comes_has_its_weight_in_the_next_turns_that_the_weights_add_up_to()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            (_state, _runs) = (new GateState(), 0);
            Random random = new(seed);
            int[] weights = [.. Enumerable.Range(0, 3).Select(_ => random.Next(1, 6))];
            foreach (int key in Enumerable.Range(0, 3))
            {
                for (int n = 0; n < 40; n++)
                    Enter($"key {key}", weights[key]);
            }

            for (int come = 0; come < 4; come++)
            {
                for (int n = random.Next(10); n > 0; n--)
                    Turn();
                int weight = random.Next(1, 6);
                for (int n = 0; n < weight; n++)
                    Enter("guest", weight);
                // All of its runs are done then: it is forgotten, and comes as a new one.
                int turns = Enumerable.Range(0, weights.Sum() + weight).Count(_ => Turn() == "guest");
                Assert.True(turns == weight, $"seed {seed}: {turns} of {weight}");
                Turn();
                Assert.DoesNotContain("guest", _state.Served.Keys);
            }
        }
    }

    [Fact]
    public void The_newest_run_of_a_key_says_what_its_weight_is()
    {
        Enter("busy", 1);
        for (int n = 0; n < 6; n++)
        {
            Enter("a", 1);
            Enter("b", n < 5 ? 1 : 4);
        }

        Assert.Equal("a b b b b a b b a a", string.Join(' ', Enumerable.Range(0, 10).Select(_ => Turn())));
    }

    [Fact]
    public void What_it_remembers_can_be_written_and_read()
    {
        Enter("busy", 1);
        Enter("a", 3);
        Enter("a", 3);
        Turn();
        string json = System.Text.Json.JsonSerializer.Serialize(_state);
        GateState read = System.Text.Json.JsonSerializer.Deserialize<GateState>(json)!;
        Assert.Equal(1, Assert.Single(read.TurnsTaken!).Value);
        Assert.Equal(3, StandingRule.WeightOf(read, "a"));
    }
}
