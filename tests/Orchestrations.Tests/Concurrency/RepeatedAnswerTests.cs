using System.Collections.Immutable;

namespace Preempt.Tests.Concurrency;

/// <summary>What a gate answers to a question that it has answered before, because the turn that asked it happens again; and to clocks that are wrong.</summary>
public sealed class RepeatedAnswerTests
{
    private const string First = "run-1";
    private const string Second = "run-2";
    private const string Third = "run-3";

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private GateState _state = new();

    [Fact]
    public void Who_is_struck_off_at_once_is_told_again_until_it_has_left()
    {
        Enter(First, -2, Handover.Immediate);
        GateReply answer = Enter(Second, -1, Handover.Immediate);
        Assert.Equal([First], answer.Stops.Select(stop => stop.RunId));

        GateReply again = Enter(Second, -1, Handover.Immediate);
        Assert.Equal((GateVerdict.Admitted, answer.Token), (again.Verdict, again.Token));
        Assert.Equal(answer.Stops, again.Stops);

        // The one that was to tell it may be struck off itself.
        Assert.Equal([Second, First], Enter(Third, 0, Handover.Immediate).Stops.Select(stop => stop.RunId));
        Assert.Equal(GateVerdict.Superseded, Enter(Second, -1, Handover.Immediate).Verdict);

        Leave(First);
        Leave(Second);
        Assert.Empty(Enter(Third, 0, Handover.Immediate).Stops);
        Assert.Empty(_state.Evicted);
    }

    [Fact]
    public void Who_is_struck_off_and_never_leaves_is_forgotten_in_the_end()
    {
        for (int run = 0; run < 2 * GateState.MaxEvicted; run++)
            Enter($"run-{run:D2}", run - 100, Handover.Immediate);
        Assert.Equal(GateState.MaxEvicted, _state.Evicted.Length);

        Assert.Empty(Enter("run-63", -37, Handover.Immediate, now: Now.AddHours(2)).Stops);
    }

    [Fact]
    public void Who_is_admitted_is_told_again_as_long_as_the_one_that_leaves_says_so_again()
    {
        Enter(First, -2);
        Enter(Second, -1);
        ImmutableArray<GateAdmission> told = Leave(First);
        Assert.Equal([Second], told.Select(admission => admission.RunId));

        Assert.Equal(told, Leave(First));
        Assert.Empty(Leave("somebody-else"));
        Leave(Second);
        Assert.Empty(Leave(First));
    }

    [Fact]
    public void Who_has_the_dead_struck_off_is_told_again_whom_that_admits()
    {
        Enter(First, -3);
        Enter(Second, -2);
        Enter(Third, -1);
        ImmutableArray<GateAdmission> told = Leave(new LeaveRequest([First], By: Third));

        Assert.Equal(told, Enter(Third, -1).Admissions);
    }

    [Theory]
    [InlineData(ConcurrencyStrategy.Queue)]
    [InlineData(ConcurrencyStrategy.RoundRobin)]
    [InlineData(ConcurrencyStrategy.CancelInProgress)]
    public void Who_asks_again_is_the_same_whatever_time_it_says(ConcurrencyStrategy strategy)
    {
        Enter(First, -10, strategy: strategy);
        Assert.Equal(GateVerdict.Wait, Enter(Second, -5, strategy: strategy).Verdict);

        Assert.Equal(GateVerdict.Wait, Enter(Second, -1, strategy: strategy).Verdict);

        Assert.Equal(Second, Assert.Single(_state.Waiters).Age.RunId);
    }

    [Fact]
    public void A_run_accepted_by_a_clock_that_is_ahead_is_superseded_by_the_next()
    {
        Enter(First, 3600, strategy: ConcurrencyStrategy.CancelInProgress);
        GateReply answer = Enter(Second, 1, strategy: ConcurrencyStrategy.CancelInProgress, now: Now.AddSeconds(1));

        Assert.Equal(GateVerdict.Wait, answer.Verdict);
        Assert.Equal((First, Second), (answer.Stops.Single().RunId, answer.Stops.Single().SupersededBy));
    }

    [Fact]
    public void What_a_gate_whose_own_clock_was_ahead_has_noted_shuts_nobody_out()
    {
        Enter(First, 3600, strategy: ConcurrencyStrategy.CancelInProgress, now: Now.AddHours(1));
        Leave(First);

        Assert.Equal(GateVerdict.Admitted, Enter(Second, 1, strategy: ConcurrencyStrategy.CancelInProgress, now: Now.AddSeconds(1)).Verdict);
        Assert.Equal([Second], _state.Newest.Select(seen => seen.RunId));
    }

    [Fact]
    public void Clocks_within_a_second_keep_the_order_of_acceptance()
    {
        Enter(Second, 0.6, strategy: ConcurrencyStrategy.CancelInProgress);

        Assert.Equal(GateVerdict.Superseded, Enter(First, 0.5, strategy: ConcurrencyStrategy.CancelInProgress).Verdict);
    }

    [Fact]
    public void A_clock_that_was_ahead_does_not_keep_waiters_from_looking_for_the_dead()
    {
        Enter(First, -2, now: Now.AddHours(1));
        Enter(Second, -1, now: Now.AddHours(1));

        Assert.Equal([First], Enter(Second, -1, now: Now.AddSeconds(1)).Suspects);
    }

    [Fact]
    public void Who_was_admitted_and_is_forgotten_gets_in_line_although_the_line_is_full()
    {
        Enter(First, -4, maxQueued: 1);
        Enter(Second, -3, maxQueued: 1);
        Assert.Equal(GateVerdict.QueueFull, Enter(Third, -2, maxQueued: 1).Verdict);

        Assert.Equal(GateVerdict.Wait, Enter(Third, -2, maxQueued: 1, returns: true).Verdict);
    }

    [Theory]
    [InlineData(ConcurrencyStrategy.Queue)]
    [InlineData(ConcurrencyStrategy.CancelInProgress)]
    public void Who_steps_out_to_enter_again_is_no_echo(ConcurrencyStrategy strategy)
    {
        long token = Enter(First, -2, strategy: strategy).Token;
        Leave(new LeaveRequest([First], By: First, Returns: true));

        GateReply answer = Enter(First, -2, strategy: strategy, returns: true);

        Assert.Equal(GateVerdict.Admitted, answer.Verdict);
        Assert.True(answer.Token > token);
    }

    private GateReply Enter(
        string run,
        double acceptedAt,
        Handover handover = Handover.AfterStop,
        ConcurrencyStrategy strategy = ConcurrencyStrategy.Queue,
        int maxQueued = 100,
        DateTimeOffset? now = null,
        bool returns = false)
    {
        ConcurrencyRule rule = new()
        {
            Key = "{input.key}",
            MaxRuns = 1,
            MaxQueued = maxQueued,
            MaxQueuedTotal = 2 * maxQueued,
            Strategy = handover == Handover.Immediate ? ConcurrencyStrategy.CancelInProgress : strategy,
            Handover = handover,
        };
        EnterRequest request = new(new RunAge(run, Now.AddSeconds(acceptedAt)), new RunGate("gate", "key", rule), Priority: 0, returns);
        (_state, GateReply reply) = GateRules.Enter(_state, request, now ?? Now);
        return reply;
    }

    private ImmutableArray<GateAdmission> Leave(string run) => Leave(new LeaveRequest([run], By: run));

    private ImmutableArray<GateAdmission> Leave(LeaveRequest request)
    {
        (_state, ImmutableArray<GateAdmission> told) = GateRules.Leave(_state, request);
        return told;
    }
}
