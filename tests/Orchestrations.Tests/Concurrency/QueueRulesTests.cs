using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;

namespace Preempt.Tests.Concurrency;

/// <summary>Random histories of one gate with the strategies under which runs wait or are turned away.</summary>
public sealed class QueueRulesTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One thing that happens at the gate. Runs enter in order of age; which one leaves is an index among those inside.</summary>
    private sealed record Operation(bool IsEnter, int Key, int Priority, int Leaver);

    private static readonly Gen<Operation[]> AnyOperations = Gen.Select(
        Gen.Bool, Gen.Int[0, 3], Gen.Int[-1, 1], Gen.Int[0, 1000],
        (isEnter, key, priority, leaver) => new Operation(isEnter, key, priority, leaver)).Array[0, 80];

    private static readonly Gen<ConcurrencyRule> AnyRule = Gen.Select(
        Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 6], Gen.Int[1, 8],
        (strategy, maxRuns, maxTotal, maxQueued, maxQueuedTotal) =>
            Rule((ConcurrencyStrategy)strategy, maxRuns, maxTotal, maxQueued) with { MaxQueuedTotal = maxQueuedTotal });

    private static ConcurrencyRule Rule(ConcurrencyStrategy strategy, int maxRuns, int maxTotal = 1000, int maxQueued = 10_000) =>
        new() { Key = "{input.key}", MaxRuns = maxRuns, Strategy = strategy, MaxQueued = maxQueued, MaxTotal = maxTotal };

    /// <summary>The gate, who is inside, and everything that it has ever said.</summary>
    private sealed class Gate(ConcurrencyRule rule)
    {
        private int _runs;

        public GateState State { get; private set; } = new();

        public List<string> Inside { get; } = [];

        public List<GateAdmission> Admissions { get; } = [];

        public Dictionary<string, (int Key, int Priority, int Number)> Runs { get; } = [];

        public string Enter(int key, int priority = 0) => Enter(key, priority, out _);

        public string Enter(int key, int priority, out GateReply reply)
        {
            string runId = $"run-{_runs:D4}";
            Runs.Add(runId, (key, priority, _runs));
            reply = Ask(runId);
            _runs++;
            if (reply.Verdict is GateVerdict.Admitted or GateVerdict.Wait)
                Inside.Add(runId);
            return runId;
        }

        public GateReply Ask(string runId, DateTimeOffset? now = null)
        {
            (int key, int priority, int number) = Runs[runId];
            RunAge age = new(runId, Start.AddDays(-1).AddSeconds(number));
            bool wasInside = State.Holders.Any(holder => holder.Age.RunId == runId);
            (State, GateReply reply) = GateRules.Enter(State, new EnterRequest(age, new RunGate("gate", $"key-{key}", rule), priority), now ?? Start);
            if (reply.Verdict == GateVerdict.Admitted && !wasInside)
                Admissions.Add(new GateAdmission(runId, reply.Token, OthersWait: false));
            Admissions.AddRange(reply.Admissions);
            return reply;
        }

        public ImmutableArray<GateAdmission> Leave(string runId)
        {
            (State, ImmutableArray<GateAdmission> admissions) = GateRules.Leave(State, new LeaveRequest([runId], By: runId));
            Admissions.AddRange(admissions);
            Inside.Remove(runId);
            return admissions;
        }

        public void Do(Operation operation)
        {
            if (operation.IsEnter)
                Enter(operation.Key, operation.Priority);
            else if (Inside.Count > 0)
                Leave(Inside[operation.Leaver % Inside.Count]);
        }

        public int WaitersOf(int key) => State.Waiters.Count(waiter => waiter.Key == $"key-{key}");

        public int HoldersOf(int key) => State.Holders.Count(holder => holder.Key == $"key-{key}");
    }

    private static void Sample(Action<ConcurrencyRule, Gate> check) => Gen.Select(AnyRule, AnyOperations).Sample((rule, operations) =>
    {
        Gate gate = new(rule);
        foreach (Operation operation in operations)
        {
            gate.Do(operation);
            check(rule, gate);
        }
    });

    private static int Limit(ConcurrencyRule rule) => rule.Strategy == ConcurrencyStrategy.RoundRobin ? rule.MaxTotal : rule.MaxRuns;

    [Fact]
    public void No_limit_is_ever_passed() => Sample((rule, gate) =>
    {
        Assert.True(gate.State.Holders.Length <= Limit(rule));
        Assert.True(gate.State.Waiters.Length <= (rule.Strategy == ConcurrencyStrategy.RoundRobin ? rule.MaxQueuedTotal : rule.MaxQueued));
        if (rule.Strategy == ConcurrencyStrategy.RoundRobin)
            Assert.All(Enumerable.Range(0, 4), key => Assert.True(gate.HoldersOf(key) <= rule.MaxRuns && gate.WaitersOf(key) <= rule.MaxQueued));
    });

    [Fact]
    public void Nobody_waits_who_could_run() => Sample((rule, gate) =>
    {
        if (gate.State.Holders.Length < Limit(rule))
        {
            Assert.All(gate.State.Waiters, waiter =>
                Assert.True(rule.Strategy == ConcurrencyStrategy.RoundRobin && gate.HoldersOf(gate.Runs[waiter.Age.RunId].Key) == rule.MaxRuns));
        }
    });

    [Fact]
    public void Who_is_inside_is_known_and_nobody_else() => Sample((_, gate) => Assert.Equal(
        gate.Inside.Order(),
        gate.State.Holders.Select(holder => holder.Age.RunId).Concat(gate.State.Waiters.Select(waiter => waiter.Age.RunId)).Order()));

    [Fact]
    public void Fencing_tokens_grow_strictly_and_nobody_is_admitted_twice() => Sample((_, gate) =>
    {
        Assert.Equal(gate.Admissions.Select((_, index) => index + 1L), gate.Admissions.Select(admission => admission.Token));
        Assert.Equal(gate.Admissions.Count, gate.Admissions.DistinctBy(admission => admission.RunId).Count());
    });

    [Fact]
    public void A_gate_forgets_keys_that_have_no_runs() => Sample((_, gate) =>
    {
        string[] busy = [.. gate.Inside.Select(runId => $"key-{gate.Runs[runId].Key}").Distinct()];
        Assert.All(gate.State.Served.Keys, key => Assert.Contains(key, busy));
    });

    [Fact]
    public void Asking_again_changes_nothing() => Sample((_, gate) =>
    {
        string before = JsonSerializer.Serialize(gate.State);
        foreach (string runId in gate.Runs.Keys.TakeLast(5))
            gate.Ask(runId);
        // Whoever was turned away may ask anew, and be let in if there is room by now.
        if (gate.Runs.Keys.TakeLast(5).All(runId => gate.State.Left.Contains(runId) || gate.Inside.Contains(runId)))
            Assert.Equal(before, JsonSerializer.Serialize(gate.State));
        gate.Inside.AddRange(gate.State.Holders.Select(holder => holder.Age.RunId)
            .Concat(gate.State.Waiters.Select(waiter => waiter.Age.RunId)).Except(gate.Inside));
    });

    [Fact]
    public void A_queue_is_first_in_first_out_within_a_priority() => Gen.Int[-2, 2].Array[1, 30].Sample(priorities =>
    {
        Gate gate = new(Rule(ConcurrencyStrategy.Queue, 1));
        string holder = gate.Enter(0);
        foreach (int priority in priorities)
            gate.Enter(0, priority);
        while (gate.Leave(holder) is [var next])
            holder = next.RunId;
        IEnumerable<(int, int)> order = gate.Admissions.Skip(1).Select(admission => gate.Runs[admission.RunId]).Select(run => (-run.Priority, run.Number));
        Assert.Equal(order.Order(), order);
        Assert.Equal(priorities.Length + 1, gate.Admissions.Count);
    });

    [Fact]
    public void Round_robin_serves_the_keys_in_turn_however_long_their_lines()
    {
        Gate gate = new(Rule(ConcurrencyStrategy.RoundRobin, 1, maxTotal: 1));
        string holder = gate.Enter(0);
        foreach (int key in Enumerable.Repeat(0, 50).Concat(Enumerable.Repeat(1, 3)).Concat(Enumerable.Repeat(2, 3)))
            gate.Enter(key);
        List<int> served = [];
        for (int turn = 0; turn < 9; turn++)
        {
            holder = gate.Leave(holder)[0].RunId;
            served.Add(gate.Runs[holder].Key);
        }

        Assert.Equal([1, 2, 0, 1, 2, 0, 1, 2, 0], served);
    }

    [Fact]
    public void No_key_starves_another() => Gen.Select(Gen.Int[1, 3], Gen.Int[2, 4], Gen.Int[0, 3].Array[20, 60]).Sample((maxRuns, maxTotal, keys) =>
    {
        // Between two turns of one key that waits all along, no other key gets more slots than it may have at one time, and one.
        Gate gate = new(Rule(ConcurrencyStrategy.RoundRobin, maxRuns, maxTotal));
        foreach (int key in keys)
            gate.Enter(key);
        Dictionary<int, int> sinceServed = [];
        Queue<string> running = new(gate.State.Holders.Select(holder => holder.Age.RunId));
        while (running.TryDequeue(out string? first))
        {
            foreach (GateAdmission admission in gate.Leave(first))
            {
                int served = gate.Runs[admission.RunId].Key;
                foreach (int waiting in gate.State.Waiters.Select(waiter => gate.Runs[waiter.Age.RunId].Key).Distinct().Where(key => key != served))
                    sinceServed[waiting] = sinceServed.GetValueOrDefault(waiting) + 1;
                sinceServed[served] = 0;
                Assert.All(sinceServed.Values, turns => Assert.True(turns <= 4 * maxRuns, $"A key waited for {turns} turns."));
                running.Enqueue(admission.RunId);
            }
        }

        Assert.Empty(gate.State.Waiters);
    });

    /// <summary>Whoever comes and goes, a key that waits and may have one more gets it before any other key has had two.</summary>
    [Fact]
    public void Between_two_turns_of_a_key_that_waits_no_other_has_two() => Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], AnyOperations).Sample((maxRuns, maxTotal, operations) =>
    {
        Gate gate = new(Rule(ConcurrencyStrategy.RoundRobin, maxRuns, maxTotal));
        Dictionary<(int Waiting, int Served), int> turns = [];
        foreach (Operation operation in operations)
        {
            int[] before = [.. Enumerable.Range(0, 4).Select(gate.WaitersOf)];
            int[] holders = [.. Enumerable.Range(0, 4).Select(gate.HoldersOf)];
            int admitted = gate.Admissions.Count;
            gate.Do(operation);
            foreach (GateAdmission admission in gate.Admissions.Skip(admitted))
            {
                int served = gate.Runs[admission.RunId].Key;
                for (int other = 0; other < 4; other++)
                {
                    turns.Remove((served, other));
                    // One that holds all that it may have is not held up by others.
                    if (other == served || gate.WaitersOf(other) == 0 || before[other] == 0 || holders[other] >= maxRuns)
                        continue;
                    int count = turns[(other, served)] = turns.GetValueOrDefault((other, served)) + 1;
                    Assert.True(count <= 1, $"Key {other} waited while key {served} had {count} turns.");
                }
            }

            for (int key = 0; key < 4; key++)
            {
                if (gate.WaitersOf(key) == 0)
                    foreach ((int, int) forgotten in turns.Keys.Where(pair => pair.Waiting == key).ToArray())
                        turns.Remove(forgotten);
            }
        }
    });

    [Fact]
    public void Keys_that_come_anew_and_anew_do_not_hold_up_one_that_waits()
    {
        Gate gate = new(Rule(ConcurrencyStrategy.RoundRobin, 1, maxTotal: 1));
        string running = gate.Enter(0);
        string waiting = gate.Enter(0);
        for (int key = 1; key < 3; key++)
        {
            gate.Enter(key);
            running = gate.Leave(running)[0].RunId;
        }

        Assert.Equal(waiting, running);
    }

    [Fact]
    public void One_key_does_not_fill_the_line_of_all()
    {
        Gate gate = new(Rule(ConcurrencyStrategy.RoundRobin, 1, maxTotal: 2, maxQueued: 2) with { MaxQueuedTotal = 3 });
        for (int run = 0; run < 3; run++)
            gate.Enter(0);
        gate.Enter(0, 5, out GateReply third);
        gate.Enter(1, 0, out GateReply other);
        gate.Enter(2, 0, out GateReply waits);
        gate.Enter(3, 0, out GateReply fourth);
        Assert.Equal(
            (GateVerdict.QueueFull, GateVerdict.Admitted, GateVerdict.Wait, GateVerdict.QueueFull),
            (third.Verdict, other.Verdict, waits.Verdict, fourth.Verdict));
    }

    [Fact]
    public void With_cancel_newest_the_newcomer_is_turned_away()
    {
        Gate gate = new(Rule(ConcurrencyStrategy.CancelNewest, 2));
        gate.Enter(0);
        string second = gate.Enter(0);
        gate.Enter(0, 0, out GateReply refused);
        Assert.Equal(GateVerdict.Full, refused.Verdict);
        gate.Leave(second);
        gate.Enter(0, 0, out GateReply admitted);
        Assert.Equal(GateVerdict.Admitted, admitted.Verdict);
    }

    [Fact]
    public void A_queue_that_is_full_rejects()
    {
        Gate gate = new(Rule(ConcurrencyStrategy.Queue, 1, maxQueued: 2));
        for (int run = 0; run < 3; run++)
            gate.Enter(0);
        gate.Enter(0, 0, out GateReply rejected);
        Assert.Equal(GateVerdict.QueueFull, rejected.Verdict);
    }

    [Fact]
    public void One_waiter_in_an_interval_is_sent_to_look_at_those_before_it()
    {
        Gate gate = new(Rule(ConcurrencyStrategy.Queue, 1));
        string holder = gate.Enter(0);
        string first = gate.Enter(0);
        string second = gate.Enter(0);
        Assert.Empty(gate.Ask(second, Start.AddSeconds(10)).Suspects);
        Assert.Equal([holder, first], gate.Ask(second, Start.AddSeconds(15)).Suspects);
        Assert.Empty(gate.Ask(first, Start.AddSeconds(16)).Suspects);
        Assert.Equal([holder], gate.Ask(first, Start.AddSeconds(30)).Suspects);
    }

    [Fact]
    public void Whoever_is_admitted_knows_whether_others_wait()
    {
        Gate gate = new(Rule(ConcurrencyStrategy.Queue, 1));
        string holder = gate.Enter(0);
        string first = gate.Enter(0);
        gate.Enter(0);
        Assert.True(gate.Leave(holder)[0].OthersWait);
        Assert.False(gate.Leave(first)[0].OthersWait);
    }

    [Fact]
    public void A_state_survives_the_engine()
    {
        Gate gate = new(Rule(ConcurrencyStrategy.RoundRobin, 1, maxTotal: 3));
        for (int run = 0; run < 100; run++)
            gate.Enter(run % 5, run % 3);
        GateState read = JsonSerializer.Deserialize<GateState>(JsonSerializer.Serialize(gate.State))!;
        Assert.Equal<IEnumerable<WaiterState>>(gate.State.Waiters, read.Waiters);
        Assert.Equal<IEnumerable<HolderState>>(gate.State.Holders, read.Holders);
    }
}
