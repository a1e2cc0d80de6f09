using System.Diagnostics;
using Microsoft.DurableTask.Client;

namespace Preempt.Load;

/// <summary>How many of a thing the app does in a second, with so many at once, and how long one takes then.</summary>
internal sealed class Throughput(LoadApp app, string store, LoadOptions options)
{
    private const int Keys = 64;
    private const int AtOnce = 256;

    public Task<Result> OrchestrationsAsync() =>
        MeasureAsync("orchestrations", "orchestrations with one activity", AtOnce, options.Runs, 1, _ => RunAsync("Bare"));

    public Task<Result> GatedAsync() =>
        MeasureAsync("gated", $"gated runs over {Keys} keys, one step, {AtOnce / Keys} in line", AtOnce, options.Runs, 1, GatedAsync);

    /// <summary>Without a queue in front of it: what a run itself takes.</summary>
    public Task<Result> AloneAsync() =>
        MeasureAsync("alone", "gated runs, one after the other", 1, Math.Max(options.Runs / 10, 1), 1, GatedAsync);

    public Task<Result> EntityAsync() => MeasureAsync(
        "entity", "calls of one entity", Keys, Math.Max(options.Runs / 10, 1), LoadFunctions.CallsEach, _ => RunAsync("Counting"));

    private async Task RunAsync(string orchestrator)
    {
        string id = await app.Durable.ScheduleNewOrchestrationInstanceAsync(orchestrator, CancellationToken.None);
        OrchestrationMetadata ended = await app.Durable.WaitForInstanceCompletionAsync(id, CancellationToken.None);
        Check(ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed, orchestrator, ended.RuntimeStatus);
    }

    private async Task GatedAsync(int number)
    {
        Run run = await app.Runs.StartAsync("gated", new LoadInput($"key-{number % Keys}"));
        OrchestrationMetadata ended = await app.Durable.WaitForInstanceCompletionAsync(run.Id, CancellationToken.None);
        Check(ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed, run.Id, ended.RuntimeStatus);
    }

    private static void Check(bool isAsExpected, string what, OrchestrationRuntimeStatus status)
    {
        if (!isAsExpected)
            throw new InvalidOperationException($"{what} ended as {status}.");
    }

    private async Task<Result> MeasureAsync(string scenario, string what, int atOnce, int count, int operationsEach, Func<int, Task> one)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < options.WarmUp;)
            await RoundAsync(atOnce, count, one, latencies: null);

        List<double> rates = [];
        List<double> latencies = [];
        long allocated = GC.GetTotalAllocatedBytes();
        for (int round = 0; round < options.Rounds; round++)
            rates.Add(count * operationsEach / (await RoundAsync(atOnce, count, one, latencies)).TotalSeconds);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        return new Result(store, scenario, what)
        {
            PerSecond = rates.Order().ElementAt(rates.Count / 2),
            Rounds = rates,
            LatencyMs = Percentiles.Of(latencies.Select(latency => latency / operationsEach)),
            AllocatedBytesEach = allocated / count / operationsEach / options.Rounds,
            WorkingSetMb = Environment.WorkingSet >> 20,
        };
    }

    private static async Task<TimeSpan> RoundAsync(int atOnce, int count, Func<int, Task> one, List<double>? latencies)
    {
        long start = Stopwatch.GetTimestamp();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = atOnce };
        await Parallel.ForEachAsync(Enumerable.Range(0, count), parallel, async (number, _) =>
        {
            long begun = Stopwatch.GetTimestamp();
            await one(number);
            if (latencies is null)
                return;
            lock (latencies)
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        });
        return Stopwatch.GetElapsedTime(start);
    }
}
