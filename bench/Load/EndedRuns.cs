using System.Diagnostics;
using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Load;

/// <summary>What a store full of ended runs costs a process that starts on it: time until it answers, and memory.</summary>
internal static class EndedRuns
{
    /// <summary>The first argument of the process that starts on the store; the second is the directory.</summary>
    public const string OpenCommand = "--open";

    private const int AtOnce = 256;
    private const int Keys = 64;

    /// <summary>Fills a new store, and starts another process on it, several times.</summary>
    public static async Task<Result> MeasureAsync(LoadOptions options, string directory)
    {
        await using (LoadApp app = await LoadApp.StartAsync(directory))
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = AtOnce };
            await Parallel.ForEachAsync(Enumerable.Range(0, options.Ended), parallel, async (number, _) =>
            {
                Run run = await app.Runs.StartAsync("gated", new LoadInput($"key-{number % Keys}"), cancellationToken: CancellationToken.None);
                await app.Durable.WaitForInstanceCompletionAsync(run.Id, CancellationToken.None);
            });
        }

        List<(double StartMs, long WorkingSetMb)> starts = [];
        for (int round = 0; round < options.Rounds; round++)
            starts.Add(await OpenAsync(directory));
        return new Result("sqlite", "ended", $"start on a store with {options.Ended} ended runs")
        {
            StartMs = starts.Select(start => start.StartMs).Order().ElementAt(starts.Count / 2),
            WorkingSetMb = starts.Select(start => start.WorkingSetMb).Order().ElementAt(starts.Count / 2),
        };
    }

    private static async Task<(double StartMs, long WorkingSetMb)> OpenAsync(string directory)
    {
        List<(TimeSpan At, string Text)> lines = [];
        long began = Stopwatch.GetTimestamp();
        await OtherProcess.RunAsync([OpenCommand, directory], line => lines.Add((Stopwatch.GetElapsedTime(began), line)));
        return lines is [(var ready, "ready"), (_, var workingSet)]
            ? (ready.TotalMilliseconds, long.Parse(workingSet, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The process that was to start on the store said {string.Join(", ", lines)}.");
    }

    /// <summary>The other process: answers one request for an ended run, then reads all of them, and says what memory that left.</summary>
    public static async Task OpenedAsync(string directory)
    {
        await using LoadApp app = await LoadApp.StartAsync(directory);
        OrchestrationQuery query = new(InstanceIdPrefix: "gated:", PageSize: 500);
        string? first = null;
        await foreach (Page<OrchestrationMetadata> page in app.Durable.GetAllInstancesAsync(query).AsPages())
        {
            if (first is null)
            {
                first = page.Values[0].InstanceId;
                (await app.Http.GetAsync(new Uri($"/api/runs/{first}", UriKind.Relative))).EnsureSuccessStatusCode();
                Console.WriteLine("ready");
            }
        }

        Console.WriteLine((Environment.WorkingSet >> 20).ToString(CultureInfo.InvariantCulture));
    }
}
