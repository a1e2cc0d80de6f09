using System.Diagnostics;

namespace Preempt.Load;

/// <summary>From the moment when a caller asks for a bulk cancel by a filter to the moment when every run has ended.</summary>
internal sealed class BulkCancel(LoadApp app, string store, LoadOptions options)
{
    private const int AtOnce = 256;

    public async Task<Result> MeasureAsync()
    {
        List<double> rates = [];
        for (int round = 0; round < options.Rounds; round++)
            rates.Add(options.Runs / await OneAsync(round));
        return new Result(store, "bulk", $"{options.Runs} runs under way, cancelled by one filter until the last has ended")
        {
            PerSecond = rates.Order().ElementAt(rates.Count / 2),
            Rounds = rates,
            WorkingSetMb = Environment.WorkingSet >> 20,
        };
    }

    /// <summary>How many seconds it takes.</summary>
    private async Task<double> OneAsync(int round)
    {
        string[] ids = new string[options.Runs];
        await Parallel.ForEachAsync(Enumerable.Range(0, options.Runs), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellation) =>
        {
            string key = $"bulk-{round}-{number}";
            ids[number] = (await app.Runs.StartAsync("parked", new LoadInput(key), cancellationToken: cancellation)).Id;
        });
        long asked = Stopwatch.GetTimestamp();
        Operation operation = await app.Runs.StartBulkAsync(BulkKind.Cancel, new BulkRequest { Filter = new RunFilter { Workflow = "parked" } });
        foreach (string id in ids)
            await app.Durable.WaitForInstanceCompletionAsync(id, CancellationToken.None);
        await app.Durable.WaitForInstanceCompletionAsync(operation.Id, CancellationToken.None);
        double seconds = Stopwatch.GetElapsedTime(asked).TotalSeconds;
        operation = await app.Runs.GetOperationAsync(operation.Id);
        return operation is { Status: OperationStatus.Succeeded, Failed: 0 } && operation.Done >= options.Runs
            ? seconds
            : throw new InvalidOperationException($"The operation did not do it: {operation}");
    }
}
