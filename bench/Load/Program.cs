using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Preempt;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Store;
using Preempt.Load;

// How many runs a second the embedded runtime carries, with its state in memory and in SQLite.
// usage: dotnet run -c Release --project bench/Load [-- RUNS]
int runs = args is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 5000;
const int Keys = 64;
const int AtOnce = 256;
const int Rounds = 3;

foreach (string kind in new[] { "memory", "sqlite" })
{
    string directory = Path.Combine(Path.GetTempPath(), "preempt-load-" + Path.GetRandomFileName());
    IStore store = kind == "memory" ? new MemoryStore() : SqliteStore.Open(directory);
    ServiceProvider services = new ServiceCollection()
        .AddLogging()
        .AddPreempt(new ConfigurationBuilder().Build(), preempt => preempt.AddWorkflow<Gated>())
        .BuildServiceProvider();
    DurableEngine? engine = null;
    FunctionTable table = FunctionTableFactory.Create(FunctionCatalog.Discover([typeof(LoadFunctions)]), services, () => engine!.Client);
    engine = new DurableEngine(new EngineOptions { Store = store }, table, TimeProvider.System, services.GetRequiredService<ILoggerFactory>());
    engine.Start();
    RunClient client = services.GetRequiredService<RunClients>().With(engine.Client);

    await MeasureAsync(kind, "bare orchestrations, one activity", async number =>
    {
        string id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Bare", CancellationToken.None);
        await engine.Client.WaitForInstanceCompletionAsync(id, CancellationToken.None);
    });
    await MeasureAsync(kind, $"gated runs over {Keys} keys, one step", async number =>
    {
        Run run = await client.StartAsync("gated", new LoadInput($"key-{number % Keys}"));
        await engine.Client.WaitForInstanceCompletionAsync(run.Id, CancellationToken.None);
    });
    engine.Kill();
    (store as IDisposable)?.Dispose();
    if (Directory.Exists(directory))
        Directory.Delete(directory, recursive: true);
}

async Task MeasureAsync(string store, string what, Func<int, Task> one)
{
    List<double> rates = [];
    List<double> latencies = [];
    for (int round = 0; round <= Rounds; round++)
    {
        latencies.Clear();
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, runs), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            long begun = Stopwatch.GetTimestamp();
            await one(number);
            lock (latencies)
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        });
        // The first round warms up.
        if (round > 0)
            rates.Add(runs / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    latencies.Sort();
    rates.Sort();
    Console.WriteLine(
        $"{store,-7} {what,-40} {rates[Rounds / 2],7:F0}/s  p50 {latencies[latencies.Count / 2],6:F1} ms  p99 {latencies[latencies.Count * 99 / 100],6:F1} ms  {Environment.WorkingSet >> 20} MB");
}
