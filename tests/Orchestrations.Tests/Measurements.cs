using System.Diagnostics;
using Preempt.Tests.Cancellation;
using Preempt.Tests.Processes;
using Preempt.Tests.Shared;

namespace Preempt.Tests;

/// <summary>
/// What stops and child processes cost:
/// <c>dotnet run --project tests/Orchestrations.Tests -- -explicit only -class Preempt.Tests.Measurements -showLiveOutput</c>.
/// </summary>
public sealed class Measurements(AzuriteFixture azurite, ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Stops_between_two_processes_over_the_table()
    {
        const int Stops = 60;
        using FeedLab lab = new(await azurite.GetConnectionStringAsync());
        FeedProcess here = lab.Start(TimeSpan.FromSeconds(1));
        FeedProcess there = lab.Start(TimeSpan.FromSeconds(1));
        ActiveStep[] others = [.. Enumerable.Range(0, 100).Select(number => there.Begin($"other {number}"))];
        List<double> times = [];
        long start = Stopwatch.GetTimestamp();
        for (int number = 0; number < Stops; number++)
        {
            using ActiveStep step = there.Begin($"run {number}");
            await Task.Delay(Random.Shared.Next(1_000), Token);
            long asked = Stopwatch.GetTimestamp();
            await here.Feed.PublishAsync(new StopNotice($"run {number}", StopReason.Requested), Token);
            await FeedLab.UntilAsync(() => step.Token.IsCancellationRequested);
            times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        }

        Write("Publish to token in another process", times);
        output.WriteLine($"Reads a minute with {others.Length} steps: {there.Reads / Stopwatch.GetElapsedTime(start).TotalMinutes:F0}");
        Array.ForEach(others, step => step.Dispose());
    }

    [Fact(Explicit = true)]
    public async Task Child_processes()
    {
        const int Processes = 30;
        List<double> times = [];
        for (int number = 0; number < Processes; number++)
        {
            long start = Stopwatch.GetTimestamp();
            await SupervisedProcess.RunAsync(new ProcessOptions("true"), new LinesLogger(), Token);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Write("RunProcessAsync of true", times);
        using Sleepers sleepers = new();
        using CancellationTokenSource stop = new();
        Task running = SupervisedProcess.RunAsync(new ProcessOptions("sleep", sleepers.Seconds), new LinesLogger(), stop.Token);
        int[] sleeping = await sleepers.WaitForAsync(1);
        using Process supervisor = Process.GetProcessById(ProcessTable.Read().Single(process => process.Id == sleeping[0]).ParentId);
        output.WriteLine($"A supervisor's resident memory: {supervisor.WorkingSet64 / 1_000_000} MB");
        long asked = Stopwatch.GetTimestamp();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        output.WriteLine($"Stop to the end of sleep: {Stopwatch.GetElapsedTime(asked).TotalMilliseconds:F0} ms");
    }

    private void Write(string what, List<double> times)
    {
        times.Sort();
        output.WriteLine(
            $"{what}: median {times[times.Count / 2]:F0} ms, 95% within {times[times.Count * 95 / 100]:F0} ms, {times.Count} times");
    }
}
