using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace Preempt.Load;

/// <summary>From the moment when a caller sends <c>POST runs/{id}/cancel</c> to the moment when the token of the run's step fires.</summary>
internal sealed class StopLatency(LoadApp app, string store, LoadOptions options)
{
    /// <summary>Runs whose steps are at work meanwhile.</summary>
    private const int Others = 200;

    private const int WarmUp = 300;

    public async Task<Result> MeasureAsync()
    {
        List<string> others = [];
        for (int i = 0; i < Others; i++)
            others.Add(await StartAsync($"other-{i}"));
        List<double> latencies = [];
        for (int i = 0; i < WarmUp + options.Stops; i++)
        {
            double latency = await StopOneAsync($"stopped-{i}");
            if (i >= WarmUp)
                latencies.Add(latency);
        }

        foreach (string id in others)
            await CancelAsync(id);
        return new Result(store, "stop", $"HTTP cancel to the step's token, {Others} other runs")
        {
            LatencyMs = Percentiles.Of(latencies),
            WorkingSetMb = Environment.WorkingSet >> 20,
        };
    }

    private async Task<double> StopOneAsync(string key)
    {
        string id = await StartAsync(key);
        long asked = Stopwatch.GetTimestamp();
        await CancelAsync(id);
        long fired = await app.Times.FiredAsync(key);
        await app.Durable.WaitForInstanceCompletionAsync(id, CancellationToken.None);
        return Stopwatch.GetElapsedTime(asked, fired).TotalMilliseconds;
    }

    private async Task<string> StartAsync(string key)
    {
        Run run = await app.Runs.StartAsync("held", new LoadInput(key));
        await app.Times.BeganAsync(key);
        return run.Id;
    }

    private async Task CancelAsync(string id)
    {
        using HttpResponseMessage answer = await app.Http.PostAsJsonAsync($"/api/runs/{id}/cancel", new { reason = "measured" });
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"The cancel was answered with {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }
}
