using Preempt.Embedded.Engine;

namespace Preempt.Tests.Runs;

/// <summary>
/// What gates cost beyond bare runs, in what the engine makes durable: on Azure Storage each of these is some storage requests. A
/// cost that grows is a decision, and changes a number here and in docs/architecture.md.
/// </summary>
public sealed class CostTests : IDisposable
{
    private readonly TestApp _app = new();

    public CostTests()
    {
        // The hourly clean-up comes with the first start.
        _app.End(_app.Start("ungated", new Work(1)));
        _app.Host.Advance(TimeSpan.FromMinutes(1));
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_bare_run_of_one_step_costs_two_turns() =>
        // Its start; the turn that calls the step; the turn that has its answer.
        Assert.Equal(new Cost { Starts = 1, Commits = 3, Activities = 1, Timers = 1 }, CostOf("ungated"));

    [Fact]
    public void An_uncontended_gate_costs_one_call_and_one_signal() =>
        // Entering: the gate's operation, and the turn on its answer. Leaving: the gate's operation.
        Assert.Equal(new Cost { Commits = 3, Calls = 1, Signals = 1 }, CostOf("one-run") - CostOf("ungated"));

    [Fact]
    public void A_supersede_costs_four_turns_beyond_two_gated_runs()
    {
        Cost alone = CostOf("one-run");
        Cost both = Count(() =>
        {
            string older = _app.Start("one-run", new Work(60));
            _app.UntilRunning(older);
            string newer = _app.Start("one-run", new Work(1));
            _app.End(older);
            _app.End(newer);
        });
        // The older run's turns on the stop and on the call to leave, which takes the place of the signal; the entity's that tells its step; the newer
        // run's turn on its admission. Timers: the newer run's, to ask again, and the older one's, to remind its step.
        Assert.Equal(new Cost { Commits = 4, Calls = 1, Events = 2, Timers = 2 }, both - alone - alone);
    }

    [Fact]
    public void A_hand_off_in_a_line_costs_a_turn_of_its_own_and_one_of_the_waiter()
    {
        Cost alone = CostOf("queued");
        Cost all = Count(() =>
        {
            // One after another: a gate commits operations that come at one time together.
            string[] holders = [Settled(new Work(5)), Settled(new Work(10))];
            string waiter = Settled(new Work(1));
            Assert.Equal(waiter, _app.GetGate("queued").Waiters[0].RunId);
            foreach (string id in holders.Append(waiter))
                _app.End(id);
        });
        Assert.Equal(new Cost { Starts = 1, Commits = 2, Events = 1, Timers = 1 }, all - alone - alone - alone);
    }

    [Fact]
    public void A_throttle_costs_one_call_and_one_that_waits_a_second_one()
    {
        // Entering: the gate's operation, and the turn on its answer. There is nothing to leave.
        Cost atOnce = CostOf("spread-runs") - CostOf("ungated");
        Assert.Equal(new Cost { Commits = 2, Calls = 1 }, atOnce);
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        Cost two = Count(() =>
        {
            string first = _app.Start("spread-runs", new Work(1));
            _app.Host.Advance(TimeSpan.FromSeconds(3));
            _app.End(_app.Start("spread-runs", new Work(1)));
            _app.End(first);
        });
        Cost waits = two - CostOf("ungated") - CostOf("ungated") - atOnce;
        // The turn at its time, the gate's second operation, and the turn on that.
        Assert.Equal(new Cost { Commits = 5, Calls = 2, Timers = 1 }, waits);
    }

    private string Settled(Work work)
    {
        string id = _app.Start("queued", work);
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        return id;
    }

    private Cost CostOf(string workflow) => Count(() => _app.End(_app.Start(workflow, new Work(1))));

    private Cost Count(Action action)
    {
        Cost cost = default;
        _app.Host.Committing = commit => cost = cost.Add(commit);
        action();
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        return cost;
    }

    private readonly record struct Cost
    {
        public int Starts { get; init; }

        public int Commits { get; init; }

        /// <summary>Entity operations that somebody waits for.</summary>
        public int Calls { get; init; }

        /// <summary>Entity operations that nobody waits for.</summary>
        public int Signals { get; init; }

        /// <summary>Events from one orchestration to another.</summary>
        public int Events { get; init; }

        public int Activities { get; init; }

        public int Timers { get; init; }

        public Cost Add(Commit commit) => new()
        {
            Starts = Starts + commit.Started.Count,
            Commits = Commits + 1,
            Calls = Calls + commit.History.OfType<EntityCalled>().Count(),
            Signals = Signals + commit.History.OfType<EntitySignaled>().Count(),
            Events = Events + commit.History.OfType<EventSent>().Count(),
            Activities = Activities + commit.History.OfType<TaskScheduled>().Count(),
            Timers = Timers + commit.History.OfType<TimerCreated>().Count(),
        };

        public static Cost operator -(Cost left, Cost right) => new()
        {
            Starts = left.Starts - right.Starts,
            Commits = left.Commits - right.Commits,
            Calls = left.Calls - right.Calls,
            Signals = left.Signals - right.Signals,
            Events = left.Events - right.Events,
            Activities = left.Activities - right.Activities,
            Timers = left.Timers - right.Timers,
        };
    }
}
