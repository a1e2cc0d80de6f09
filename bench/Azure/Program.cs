using System.Globalization;
using Preempt;
using Preempt.AzureBench;
using Preempt.Embedded;
using Preempt.Tests.Shared;

// Started by a Functions host this is the app; else it measures it.
if (args.Contains("--functions-uri"))
{
    await FunctionApp.RunAsync(args, static app => app.Services.AddPreempt(app.Configuration));
    return 0;
}

if (args is not ([] or [_]) || !int.TryParse(args.FirstOrDefault("20"), CultureInfo.InvariantCulture, out int samples) || samples < 1)
{
    await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project bench/Azure -- [SAMPLES]   how often each time is measured (20)");
    return 1;
}

foreach (int hosts in (int[])[1, 2])
{
    using Azurite storage = await Azurite.StartAsync();
    await using BenchCluster cluster = await BenchCluster.StartAsync(storage, hosts);
    await new Measurement(cluster, new StorageRequests(storage), samples).RunAsync();
}

return 0;
