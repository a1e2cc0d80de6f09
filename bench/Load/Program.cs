using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Preempt.Load;

// How much the embedded runtime carries, and how fast it is.
if (args is [EndedRuns.OpenCommand, var existing])
{
    await EndedRuns.OpenedAsync(existing);
    return 0;
}

LoadOptions options;
try
{
    options = LoadOptions.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(LoadOptions.Usage);
    return 2;
}

// Nothing is left behind by a process whose state is in memory.
(string Store, string Scenario)[] plan =
[
    .. from store in options.Stores
       from scenario in options.Scenarios
       where (store, scenario) != ("memory", "ended")
       select (store, scenario),
];
List<Result> results = [];
foreach ((string store, string scenario) in plan)
{
    Result result = plan.Length == 1 ? await MeasureAsync(store, scenario) : await MeasureInOtherProcessAsync(store, scenario);
    results.Add(result);
    if (!options.IsJson)
        Console.WriteLine(result);
}

if (options.IsJson)
{
    Report report = new(
        DateTimeOffset.UtcNow, Environment.ProcessorCount, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription, results);
    Console.WriteLine(JsonSerializer.Serialize(report, ReportJson.Default.Report));
}

return 0;

async Task<Result> MeasureInOtherProcessAsync(string store, string scenario)
{
    StringBuilder json = new();
    await OtherProcess.RunAsync([.. options.Measure(store, scenario), "--json"], line => json.AppendLine(line));
    return JsonSerializer.Deserialize(json.ToString(), ReportJson.Default.Report)!.Results[0];
}

async Task<Result> MeasureAsync(string store, string scenario)
{
    DirectoryInfo directory = Directory.CreateTempSubdirectory("preempt-load-");
    try
    {
        if (scenario == "ended")
            return await EndedRuns.MeasureAsync(options, directory.FullName);
        await using LoadApp app = await LoadApp.StartAsync(store == "memory" ? store : directory.FullName);
        Throughput throughput = new(app, store, options);
        return scenario switch
        {
            "orchestrations" => await throughput.OrchestrationsAsync(),
            "gated" => await throughput.GatedAsync(),
            "alone" => await throughput.AloneAsync(),
            "entity" => await throughput.EntityAsync(),
            "bulk" => await new BulkCancel(app, store, options).MeasureAsync(),
            _ => await new StopLatency(app, store, options).MeasureAsync(),
        };
    }
    finally
    {
        directory.Delete(recursive: true);
    }
}
