using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Preempt;
using Preempt.Bench.Gates;
using Preempt.Testing;

// What one operation of a gate costs, by how many wait at it and how many have passed: the decision alone, and with all that the
// embedded engine does for it, its state written as JSON each time, and read too where it is not kept in memory. And what it costs that somebody
// who waits asks again, which changes nothing: as the gate does it, and with its state written all the same.
// dotnet run -c Release --project bench/Gates
const int Operations = 100;
const int Passed = 2_000;

Console.WriteLine("strategy        waiting  passed  state KB   rules ms  engine ms  read too ms  ask ms  ask, written ms");
foreach (ConcurrencyStrategy strategy in new[] { ConcurrencyStrategy.Queue, ConcurrencyStrategy.RoundRobin })
{
    foreach (int waiting in new[] { 10, 1_000, 9_990 })
    {
        Measure(strategy, waiting, passed: 0);
        Measure(strategy, waiting, Passed);
    }
}

static void Measure(ConcurrencyStrategy strategy, int waiting, int passed)
{
    GateLine line = new(strategy);
    GateState state = line.Fill(waiting);
    for (int run = 0; run < passed; run++)
        state = line.Move(state);
    int size = JsonSerializer.Serialize(state).Length / 1024;
    double rules = MeasureRules(line, state);
    double engine = MeasureEngine(line, state, isRead: false);
    double read = MeasureEngine(line, state, isRead: true);
    double ask = MeasureAsking(state, isWritten: false);
    double written = MeasureAsking(state, isWritten: true);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{strategy,-14} {waiting,8} {passed,7} {size,9} {rules,10:F3} {engine,10:F3} {read,12:F3} {ask,7:F3} {written,15:F3}"));
}

static double MeasureRules(GateLine line, GateState state)
{
    List<double> moves = [];
    for (int move = 0; move < Operations; move++)
    {
        long start = Stopwatch.GetTimestamp();
        state = line.Move(state);
        moves.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    return Median(moves) / 2;
}

// In each move one run leaves and one enters. The first moves, before the code is compiled for good, do not count.
static double Median(List<double> moves) => moves.Skip(moves.Count / 2).Order().ElementAt(moves.Count / 4);

static double MeasureEngine(GateLine line, GateState state, bool isRead)
{
    DurableTestHostOptions options = new() { ReplayEveryTurn = isRead };
    options.FunctionTypes.Add(typeof(GateFunctions));
    using DurableTestHost host = new(options);
    EntityInstanceId id = new(PreemptFunctions.Gate, "gate");
    Signal(host, id, MeasuredGate.Fill, state);
    GateState current = state;
    List<double> moves = [];
    for (int move = 0; move < Operations; move++)
    {
        EnterRequest next = line.Next();
        LeaveRequest leave = GateLine.Leave(current);
        long start = Stopwatch.GetTimestamp();
        Signal(host, id, nameof(ConcurrencyGate.Release), leave);
        Signal(host, id, nameof(ConcurrencyGate.Enter), next);
        host.Advance(TimeSpan.Zero);
        moves.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        (current, _) = GateRules.Leave(current, leave);
        (current, _) = GateRules.Enter(current, next, DateTimeOffset.UtcNow);
    }

    Check(host, id, current);
    return Median(moves) / 2;
}

static double MeasureAsking(GateState state, bool isWritten)
{
    DurableTestHostOptions options = new() { ReplayEveryTurn = false };
    options.FunctionTypes.Add(typeof(GateFunctions));
    using DurableTestHost host = new(options);
    EntityInstanceId id = new(PreemptFunctions.Gate, "gate");
    // Nobody is sent to look for the dead meanwhile.
    Signal(host, id, MeasuredGate.Fill, state with { CheckedAt = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(5) });
    EnterRequest again = GateLine.Again(state);
    List<double> asks = [];
    for (int ask = 0; ask < Operations; ask++)
    {
        long start = Stopwatch.GetTimestamp();
        Signal(host, id, isWritten ? MeasuredGate.EnterAndWrite : nameof(ConcurrencyGate.Enter), again);
        host.Advance(TimeSpan.Zero);
        asks.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    return Median(asks);
}

static void Signal(DurableTestHost host, EntityInstanceId id, string operation, object input) => host.Run(async () =>
{
    await host.Client.Entities.SignalEntityAsync(id, operation, input);
    return true;
});

static void Check(DurableTestHost host, EntityInstanceId id, GateState expected)
{
    host.Advance(TimeSpan.FromSeconds(1));
    EntityMetadata<GateState>? entity = host.Run(() => host.Client.Entities.GetEntityAsync<GateState>(id));
    if (entity?.State.LastToken != expected.LastToken || entity.State.Waiters.Length != expected.Waiters.Length)
        throw new InvalidOperationException("The engine has not done what was measured.");
}
