using System.Globalization;
using System.Security.Cryptography;

namespace Preempt.Bench.Gates;

/// <summary>Runs in the order in which they enter a gate, and what the gate is asked for each.</summary>
internal sealed class GateLine(ConcurrencyStrategy strategy)
{
    /// <summary>Keys among which the runs are spread, where one gate serves all.</summary>
    private const int Keys = 500;

    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConcurrencyRule _rule = new()
    {
        Key = "{input.customer}",
        MaxRuns = 2,
        Strategy = strategy,
        MaxTotal = strategy == ConcurrencyStrategy.RoundRobin ? 10 : ConcurrencyRule.LargestMaxRuns,
        MaxQueued = ConcurrencyRule.LargestMaxQueued,
    };

    private int _entered;

    /// <summary>A newcomer, with an id as a run of the app has it.</summary>
    public EnterRequest Next()
    {
        int number = _entered++;
        DateTimeOffset queuedAt = Start.AddMilliseconds(number);
        string key = string.Create(CultureInfo.InvariantCulture, $"customer-{number % Keys}");
        string id = RunId.Create("render-video", RunId.HashKey(key), queuedAt, RandomNumberGenerator.GetBytes(RunId.EntropyLength));
        return new EnterRequest(new RunAge(id, queuedAt), new RunGate("gate", key, _rule), Priority: 0);
    }

    /// <summary>Who waits in the middle of the line asks again.</summary>
    public static EnterRequest Again(GateState state)
    {
        WaiterState waiter = state.Waiters[state.Waiters.Length / 2];
        return new EnterRequest(waiter.Age, new RunGate("gate", waiter.Key ?? state.Key, state.Rule!), waiter.Priority);
    }

    /// <summary>The holder that has been there longest goes.</summary>
    public static LeaveRequest Leave(GateState state) => new([state.Holders[0].Age.RunId], By: state.Holders[0].Age.RunId);

    /// <summary>A gate with so many waiters.</summary>
    public GateState Fill(int waiters)
    {
        GateState state = new();
        while (state.Waiters.Length < waiters)
            (state, _) = GateRules.Enter(state, Next(), DateTimeOffset.UtcNow);
        return state;
    }

    /// <summary>One run enters and one leaves: the line stays as long as it is.</summary>
    public GateState Move(GateState state)
    {
        (state, _) = GateRules.Leave(state, Leave(state));
        (state, _) = GateRules.Enter(state, Next(), DateTimeOffset.UtcNow);
        return state;
    }
}
