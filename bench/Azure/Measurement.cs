using System.Diagnostics;
using System.Globalization;

namespace Preempt.AzureBench;

/// <summary>All that is measured of one cluster, and printed line by line.</summary>
internal sealed class Measurement(BenchCluster cluster, StorageRequests requests, int samples)
{
    private const int RunsAtOnce = 16;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Longer than what a run sends after its end takes to arrive.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    private int _keys;

    private BenchHost First => cluster.Hosts[0];

    public async Task RunAsync()
    {
        for (int warmUp = 0; warmUp < 10; warmUp++)
        {
            await First.RunBareAsync();
            await EndAsync(await StartAsync(First, "newest", NewKey(), holds: false));
        }

        await MeasureStartsAsync();
        await MeasureCancelsAsync();
        await MeasureSupersedesAsync();
        await MeasureRateAsync("bare", host => host.RunBareAsync());
        await MeasureRateAsync("gated", async host => await EndAsync(await StartAsync(host, "newest", NewKey(), holds: false)));
        await CountRequestsAsync("bare", async () => await ReadEndAsync(await First.StartBareAsync()));
        await CountRequestsAsync("gated", async () => await ReadEndAsync((await StartAsync(First, "newest", NewKey(), holds: false)).Id));
        await CountRequestsAsync("one superseded and the one after it", SupersedeAsync);
        await CountRequestsAsync("two in line", StandInLineAsync);
    }

    private async Task MeasureStartsAsync()
    {
        (Measured bare, Measured gated) = (new(), new());
        for (int sample = 0; sample < samples; sample++)
        {
            DateTimeOffset asked = DateTimeOffset.UtcNow;
            bare.Add(await First.RunBareAsync() - asked);
            asked = DateTimeOffset.UtcNow;
            Run run = await EndAsync(await StartAsync(First, "newest", NewKey(), holds: false));
            gated.Add(run.Steps[0].StartedAt - asked);
        }

        Print("start to step running, bare", bare);
        Print("start to step running, gated", gated);
    }

    private async Task MeasureCancelsAsync()
    {
        (Measured step, Measured whole) = (new(), new());
        for (int sample = 0; sample < samples; sample++)
        {
            Run run = await StartHeldAsync(NewKey());
            DateTimeOffset asked = DateTimeOffset.UtcNow;
            await Beside(run).Runs.CancelAsync(run.Id);
            run = await EndAsync(run);
            step.Add(run.Steps[0].EndedAt!.Value - asked);
            whole.Add(run.EndedAt!.Value - asked);
        }

        Print("cancel to the step's end", step);
        Print("cancel to the run's end", whole);
    }

    private async Task MeasureSupersedesAsync()
    {
        (Measured old, Measured next) = (new(), new());
        for (int sample = 0; sample < samples; sample++)
        {
            string key = NewKey();
            Run older = await StartHeldAsync(key);
            DateTimeOffset asked = DateTimeOffset.UtcNow;
            Run newer = await StartAsync(Beside(older), "newest", key, holds: false);
            old.Add((await EndAsync(older)).Steps[0].EndedAt!.Value - asked);
            next.Add((await EndAsync(newer)).Steps[0].StartedAt - asked);
        }

        Print("supersede to the old step's end", old);
        Print("supersede to the new step running", next);
    }

    private async Task SupersedeAsync()
    {
        string key = NewKey();
        Run older = await StartAsync(First, "newest", key, holds: true);
        await cluster.ReadAsync(older.Id, "(Activity)' started");
        Run newer = await StartAsync(First, "newest", key, holds: false);
        await Task.WhenAll(ReadEndAsync(older.Id), ReadEndAsync(newer.Id));
    }

    private async Task StandInLineAsync()
    {
        string key = NewKey();
        Run one = await StartAsync(First, "line", key, holds: false);
        Run other = await StartAsync(First, "line", key, holds: false);
        await Task.WhenAll(ReadEndAsync(one.Id), ReadEndAsync(other.Id));
    }

    private Task ReadEndAsync(string instanceId) => cluster.ReadAsync(instanceId, "(Orchestrator)' completed");

    /// <summary>Runs of so many clients at a time, each of which starts the next when the one before has ended.</summary>
    private async Task MeasureRateAsync(string what, Func<BenchHost, Task> run)
    {
        int runs = samples * 10;
        int left = runs;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, RunsAtOnce).Select(async client =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await run(cluster.Hosts[client % cluster.Hosts.Count]);
        }));
        Print($"{what} runs", $"{runs / Stopwatch.GetElapsedTime(start).TotalSeconds:F1} a second, {RunsAtOnce} at a time");
    }

    private async Task CountRequestsAsync(string what, Func<Task> run)
    {
        await Task.Delay(Quiet);
        int before = requests.Count;
        await Task.Delay(Quiet);
        double idle = (requests.Count - before) / Quiet.TotalSeconds;
        before = requests.Count;
        long start = Stopwatch.GetTimestamp();
        for (int sample = 0; sample < samples; sample++)
            await run();
        await Task.Delay(Quiet);
        double counted = requests.Count - before - (idle * Stopwatch.GetElapsedTime(start).TotalSeconds);
        Print($"storage requests, {what}", $"{counted / samples:F1} each");
    }

    private async Task<Run> StartHeldAsync(string key)
    {
        Run run = await StartAsync(First, "newest", key, holds: true);
        // By then its step has said in which process it runs.
        while (run.Progress is null)
        {
            await Task.Delay(Pause);
            run = await First.Runs.GetAsync(run.Id);
        }

        return run;
    }

    private BenchHost Beside(Run run) => cluster.Beside(int.Parse(run.Progress!.Message!, CultureInfo.InvariantCulture));

    private static Task<Run> StartAsync(BenchHost host, string workflow, string key, bool holds) =>
        host.Runs.StartAsync(workflow, new BenchInput(key, holds));

    private async Task<Run> EndAsync(Run run) => await First.Runs.WaitAsync(run.Id, LongestWait) is { EndedAt: not null } ended
        ? ended
        : throw new TimeoutException($"{run.Id} has not ended in {LongestWait}.");

    private string NewKey() => $"key-{Interlocked.Increment(ref _keys)}";

    private void Print(string what, object value) =>
        Console.WriteLine($"{cluster.Hosts.Count} host{(cluster.Hosts.Count == 1 ? " " : "s")}  {what,-45} {value}");
}
