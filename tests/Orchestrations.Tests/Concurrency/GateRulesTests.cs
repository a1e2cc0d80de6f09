using System.Collections.Immutable;
using CsCheck;

namespace Preempt.Tests.Concurrency;

/// <summary>Random histories of one gate with CancelInProgress, against what every run of them must keep.</summary>
public sealed class GateRulesTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One thing that happens at the gate; <c>Run</c> is an age, so that runs enter in any order.</summary>
    private sealed record Operation(bool IsEnter, int Run);

    private static readonly Gen<Operation> AnyOperation = Gen.Select(Gen.Bool, Gen.Int[0, 15], (isEnter, run) => new Operation(isEnter, run));

    private static readonly Gen<(int MaxRuns, Handover Handover, Operation[] Operations)> AnyHistory = Gen.Select(
        Gen.Int[1, 4], Gen.Bool.Select(isImmediate => isImmediate ? Handover.Immediate : Handover.AfterStop), AnyOperation.Array[0, 60]);

    private static RunAge Age(int run) => new($"run-{run:D2}", Start.AddDays(-1).AddSeconds(run));

    private static EnterRequest Enter(int run, int maxRuns, Handover handover = Handover.AfterStop) =>
        new(Age(run), new RunGate("gate", "key", Rule(maxRuns, ConcurrencyStrategy.CancelInProgress) with { Handover = handover }), 0);

    private static ConcurrencyRule Rule(int maxRuns, ConcurrencyStrategy strategy) =>
        new() { Key = "{input.key}", MaxRuns = maxRuns, Strategy = strategy };

    /// <summary>The gate, and everything that it has ever said.</summary>
    private sealed class Gate(int maxRuns, Handover handover)
    {
        public GateState State { get; private set; } = new();

        public List<GateAdmission> Admissions { get; } = [];

        public List<GateStop> Stops { get; } = [];

        public HashSet<string> Entered { get; } = [];

        public GateReply Enter(int run)
        {
            (State, GateReply reply) = GateRules.Enter(State, GateRulesTests.Enter(run, maxRuns, handover), Start);
            Entered.Add(Age(run).RunId);
            if (reply.Verdict == GateVerdict.Admitted && Admissions.TrueForAll(admission => admission.RunId != Age(run).RunId))
                Admissions.Add(new GateAdmission(Age(run).RunId, reply.Token, OthersWait: false));
            Admissions.AddRange(reply.Admissions.Where(IsNew));
            Stops.AddRange(reply.Stops);
            return reply;
        }

        public void Leave(int run)
        {
            (State, ImmutableArray<GateAdmission> admissions) = GateRules.Leave(State, new LeaveRequest([Age(run).RunId], By: Age(run).RunId));
            Admissions.AddRange(admissions.Where(IsNew));
        }

        /// <summary>Who is admitted is told again when whoever was to tell it asks again.</summary>
        private bool IsNew(GateAdmission told) => !Admissions.Exists(known => (known.RunId, known.Token) == (told.RunId, told.Token));

        public void Do(Operation operation)
        {
            if (operation.IsEnter)
                Enter(operation.Run);
            else
                Leave(operation.Run);
        }
    }

    private static Gate Play((int MaxRuns, Handover Handover, Operation[] Operations) history, Action<Gate> check)
    {
        Gate gate = new(history.MaxRuns, history.Handover);
        foreach (Operation operation in history.Operations)
        {
            gate.Do(operation);
            check(gate);
        }

        return gate;
    }

    [Fact]
    public void A_gate_never_has_more_holders_than_it_may() => AnyHistory.Sample(history =>
    {
        Play(history, gate => Assert.True(gate.State.Holders.Length <= history.MaxRuns));
    });

    [Fact]
    public void Nobody_waits_while_a_slot_is_free() => AnyHistory.Sample(history =>
    {
        Play(history, gate => Assert.True(gate.State.Waiters.IsEmpty || gate.State.Holders.Length == history.MaxRuns));
    });

    [Fact]
    public void What_a_gate_remembers_is_bounded() => AnyHistory.Sample(history =>
    {
        Play(history, gate =>
        {
            Assert.True(gate.State.Waiters.Length <= history.MaxRuns);
            Assert.True(gate.State.Newest.Length <= history.MaxRuns);
        });
    });

    [Fact]
    public void Fencing_tokens_grow_strictly_in_the_order_of_admission() => AnyHistory.Sample(history =>
    {
        Gate gate = Play(history, static _ => { });
        Assert.Equal(gate.Admissions.Select((_, index) => index + 1L), gate.Admissions.Select(admission => admission.Token));
    });

    [Fact]
    public void No_run_is_admitted_twice() => AnyHistory.Sample(history =>
    {
        Gate gate = Play(history, static _ => { });
        Assert.Equal(gate.Admissions.Count, gate.Admissions.DistinctBy(admission => admission.RunId).Count());
    });

    [Fact]
    public void Repeating_an_operation_changes_nothing() => AnyHistory.Sample(history =>
    {
        Gate gate = new(history.MaxRuns, history.Handover);
        foreach (Operation operation in history.Operations)
        {
            gate.Do(operation);
            string before = Describe(gate.State);
            int admitted = gate.Admissions.Count;
            gate.Do(operation);
            Assert.Equal(before, Describe(gate.State));
            Assert.Equal(admitted, gate.Admissions.Count);
        }
    });

    [Fact]
    public void A_superseded_run_is_always_told_so_or_has_been_answered_so() => AnyHistory.Sample(history =>
    {
        Play(history, gate =>
        {
            foreach (HolderState holder in gate.State.Holders.Where(holder => holder.SupersededBy is not null))
                Assert.Contains(gate.Stops, stop => stop.RunId == holder.Age.RunId);
        });
    });

    [Fact]
    public void When_all_is_quiet_the_newest_survive() => AnyHistory.Sample(history =>
    {
        // Every run enters, in a random order, and whoever is told to stop leaves at some time after.
        Gate gate = new(history.MaxRuns, history.Handover);
        int[] order = [.. history.Operations.Where(operation => operation.IsEnter).Select(operation => operation.Run).Distinct()];
        Queue<string> stopping = new();
        foreach (int run in order)
        {
            int seen = gate.Stops.Count;
            gate.Enter(run);
            foreach (GateStop stop in gate.Stops.Skip(seen).Where(stop => !stop.HasLeft))
                stopping.Enqueue(stop.RunId);
            if (run % 3 == 0 && stopping.TryDequeue(out string? first))
                gate.Leave(int.Parse(first[^2..], System.Globalization.CultureInfo.InvariantCulture));
        }

        while (stopping.TryDequeue(out string? next))
            gate.Leave(int.Parse(next[^2..], System.Globalization.CultureInfo.InvariantCulture));
        string[] newest = [.. order.Order().TakeLast(history.MaxRuns).Select(run => Age(run).RunId)];
        Assert.Equal(newest, gate.State.Holders.Select(holder => holder.Age.RunId).Order());
        Assert.Empty(gate.State.Waiters);
    });

    [Fact]
    public void The_newest_run_waits_for_the_one_that_it_supersedes()
    {
        Gate gate = new(1, Handover.AfterStop);
        Assert.Equal(GateVerdict.Admitted, gate.Enter(1).Verdict);
        GateReply reply = gate.Enter(2);
        Assert.Equal(GateVerdict.Wait, reply.Verdict);
        Assert.Equal([new GateStop("run-01", "run-02", HasLeft: false)], reply.Stops);
        gate.Leave(1);
        Assert.Equal(new GateAdmission("run-02", 2, OthersWait: false), gate.Admissions[^1]);
    }

    [Fact]
    public void A_waiter_is_superseded_without_ever_starting()
    {
        Gate gate = new(1, Handover.AfterStop);
        gate.Enter(1);
        gate.Enter(2);
        Assert.Equal([new GateStop("run-02", "run-03", HasLeft: true)], gate.Enter(3).Stops);
        gate.Leave(1);
        Assert.Equal("run-03", gate.Admissions[^1].RunId);
    }

    [Fact]
    public void With_immediate_handover_the_newest_run_starts_at_once()
    {
        Gate gate = new(1, Handover.Immediate);
        gate.Enter(1);
        GateReply reply = gate.Enter(2);
        Assert.Equal((GateVerdict.Admitted, 2L), (reply.Verdict, reply.Token));
        Assert.Equal([new GateStop("run-01", "run-02", HasLeft: true)], reply.Stops);
    }

    [Fact]
    public void An_older_run_that_arrives_late_is_superseded_on_arrival()
    {
        Gate gate = new(1, Handover.AfterStop);
        gate.Enter(2);
        gate.Leave(2);
        GateReply reply = gate.Enter(1);
        Assert.Equal((GateVerdict.Superseded, "run-02"), (reply.Verdict, reply.SupersededBy));
    }

    [Fact]
    public void The_echo_of_a_run_that_has_left_is_not_taken_for_a_newcomer()
    {
        Gate gate = new(2, Handover.AfterStop);
        gate.Enter(1);
        gate.Leave(1);
        Assert.Equal(GateVerdict.Gone, gate.Enter(1).Verdict);
        Assert.Empty(gate.State.Holders);
    }

    [Fact]
    public void A_waiter_that_asks_again_has_the_stops_repeated()
    {
        Gate gate = new(1, Handover.AfterStop);
        gate.Enter(1);
        GateReply first = gate.Enter(2);
        GateReply again = gate.Enter(2);
        Assert.Equal(GateVerdict.Wait, again.Verdict);
        Assert.Equal(first.Stops, again.Stops);
    }

    private static string Describe(GateState state) => System.Text.Json.JsonSerializer.Serialize(state);
}
