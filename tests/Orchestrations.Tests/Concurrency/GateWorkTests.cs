using System.Text.Json;

namespace Preempt.Tests.Concurrency;

/// <summary>
/// What a gate does and remembers with ten thousand waiters, counted in what it allocates and writes, which a busy machine does not
/// change. How long it takes is measured in bench/Gates.
/// </summary>
public sealed class GateWorkTests
{
    private const int Waiting = 9_900;
    private const int Passing = 150;
    private const int Keys = 500;

    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Start.AddDays(1);

    private static EnterRequest Enter(ConcurrencyStrategy strategy, int run)
    {
        ConcurrencyRule rule = new() { Key = "{input.key}", MaxRuns = 2, Strategy = strategy, MaxTotal = 10 };
        return new EnterRequest(
            new RunAge($"render-video:aaaaaaaaaaaaaaaaaaaaaaaaaa:{run:x32}", Start.AddSeconds(run)),
            new RunGate("gate", $"customer-{run % Keys}", rule), Priority: 0);
    }

    [Theory]
    [InlineData(ConcurrencyStrategy.Queue)]
    [InlineData(ConcurrencyStrategy.RoundRobin)]
    public void With_ten_thousand_waiters_neither_work_nor_memory_grows_with_what_has_passed(ConcurrencyStrategy strategy)
    {
        GateState state = new();
        int run = 0;
        while (run < Keys + 10)
            (state, _) = GateRules.Enter(state, Enter(strategy, run++), Now);
        // The others come into line as all others did; one by one they would take longer than all that is measured.
        bool isInTurn = strategy == ConcurrencyStrategy.RoundRobin;
        int others = Waiting - state.Waiters.Length;
        state = state with
        {
            Waiters = [.. state.Waiters, .. Enumerable.Range(run, others).Select(n => Enter(strategy, n)).Select(other => new WaiterState(other.Age, 0, isInTurn ? other.Gate.Key : null))],
        };
        run += others;
        state = Pass(state, strategy, ref run, out long first);
        int size = JsonSerializer.Serialize(state).Length;
        for (int round = 0; round < 2; round++)
            state = Pass(state, strategy, ref run, out _);
        state = Pass(state, strategy, ref run, out long last);

        Assert.Equal(Waiting, state.Waiters.Length);
        Assert.InRange(JsonSerializer.Serialize(state).Length, size * 0.99, size * 1.01);
        Assert.InRange(last, first * 0.9, first * 1.1);
        // One operation copies the line a few times at most.
        const int BytesOfAWaiter = 64;
        Assert.InRange(last / (2 * Passing), 0, 6 * BytesOfAWaiter * Waiting);
        Assert.InRange(size, 0, 1_300_000);
    }

    private static GateState Pass(GateState state, ConcurrencyStrategy strategy, ref int run, out long allocated)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int passing = 0; passing < Passing; passing++)
        {
            (state, _) = GateRules.Leave(state, new LeaveRequest([state.Holders[0].Age.RunId], By: "other"));
            (state, _) = GateRules.Enter(state, Enter(strategy, run++), Now);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return state;
    }
}
