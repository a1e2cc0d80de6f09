using System.Diagnostics;
using System.Globalization;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Kills;

/// <summary>
/// Hours of mixed load on SQLite, on an app that lives and on one that is killed again and again: what gates promise holds, and neither memory nor the
/// store grows without bound. <c>PREEMPT_SOAK</c> says for how long, as in <c>02:10:00</c>: runs are kept for an hour, the least that
/// <c>Preempt:RunRetention</c> takes, and the clean-up is hourly, so it is after two hours that the store must not grow any more.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(45);

    /// <summary>How long each client pauses at most between two requests, so that an app has some ten starts a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.8);

    /// <summary>How long the app keeps a run.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromHours(1);

    /// <summary>How long the test remembers a run, and may look at it again.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan CleanUp = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Preempt__RunRetention"] = Retention.ToString("c", CultureInfo.InvariantCulture),
        ["AzureWebJobsStorage"] = "",
        ["DOTNET_gcServer"] = "0",
        ["Logging__LogLevel__Default"] = "Warning",
        ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
    };

    [Fact]
    public async Task Memory_and_store_stay_bounded_and_gates_hold_for_hours()
    {
        TimeSpan? length = TimeSpan.TryParse(Environment.GetEnvironmentVariable("PREEMPT_SOAK"), CultureInfo.InvariantCulture, out TimeSpan asked) ? asked : null;
        Assert.SkipWhen(length is null, "PREEMPT_SOAK says for how long.");

        List<Sample>[] apps = await Task.WhenAll(SoakAsync(isKilled: false, length.Value), SoakAsync(isKilled: true, length.Value));

        foreach (List<Sample> app in apps)
            BoundedOnceFull(app, sample => sample.Stored);
        // A process that is killed takes no memory for long.
        BoundedOnceFull(apps[0], sample => sample.Memory);
    }

    /// <summary>When as much has been kept as is kept at most, no more is taken, give or take what a collection leaves.</summary>
    private static void BoundedOnceFull(List<Sample> samples, Func<Sample, long> of)
    {
        long full = samples.Where(sample => sample.At < Retention + CleanUp).Max(of);
        Assert.All(samples, sample => Assert.InRange(of(sample), 1, full * 11 / 10));
    }

    private async Task<List<Sample>> SoakAsync(bool isKilled, TimeSpan length)
    {
        string name = isKilled ? "killed" : "lives";
        using KilledApp app = new(Environment.TickCount, Settings);
        List<Sample> samples = [];
        Stopwatch time = Stopwatch.StartNew();
        (AppProcess process, Uri address) = await app.StartAsync();
        try
        {
            while (time.Elapsed < length)
            {
                using (HttpClient http = AppUnderTest.Connect(address))
                {
                    PreemptApi api = new(http);
                    await app.SettleAsync(api);
                    app.Forget(before: DateTimeOffset.UtcNow - Memory);
                    samples.Add(new(time.Elapsed, process.Memory, app.Stored));
                    output.WriteLine(
                        $"{time.Elapsed:hh\\:mm\\:ss} {name}: {process.Memory >> 20} MB of memory, {app.Stored >> 10} KB stored, {app.Accepted} starts accepted, "
                        + $"{app.Settlements} settlements");
                    using CancellationTokenSource enough = new(Round);
                    Task clients = app.UseAsync(api, Pause, enough.Token);
                    if (isKilled)
                    {
                        await Task.Delay(Round * Random.Shared.NextDouble(), CancellationToken.None);
                        process.Dispose();
                    }

                    await clients;
                }

                if (isKilled)
                    (process, address) = await app.StartAsync();
            }

            using HttpClient last = AppUnderTest.Connect(address);
            await app.SettleAsync(new PreemptApi(last));
        }
        finally
        {
            process.Dispose();
        }

        return samples;
    }

    /// <param name="At">After the start.</param>
    /// <param name="Memory">Of the process, in bytes.</param>
    /// <param name="Stored">On disk, in bytes.</param>
    private sealed record Sample(TimeSpan At, long Memory, long Stored);
}
