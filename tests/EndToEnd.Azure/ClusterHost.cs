using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;
using Preempt.Tests.Shared;

namespace Preempt.EndToEnd;

/// <summary>One of the hosts that share a storage account, and so a task hub, with its worker.</summary>
internal sealed partial class ClusterHost : IDisposable
{
    private readonly HttpClient _http;

    private ClusterHost(AppProcess app, HttpClient http)
    {
        App = app;
        _http = http;
        Api = new PreemptApi(http);
    }

    public AppProcess App { get; }

    /// <summary>The app's API through this host.</summary>
    public PreemptApi Api { get; }

    /// <summary>The ids of all workers that were ever ready here.</summary>
    public int[] ReadyWorkers =>
        [.. ReadyWorker().Matches(App.Output).Select(match => int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture))];

    /// <summary>Whether a step has begun in this host's worker of late.</summary>
    public bool HasBegunStep => StartedStep().IsMatch(App.Output);

    /// <param name="storage">The account.</param>
    /// <param name="settings">Environment variables to add.</param>
    public static async Task<ClusterHost> StartAsync(Azurite storage, Dictionary<string, string>? settings = null)
    {
        (AppProcess app, Uri address) = await AppProcess.StartAsync(
            new Dictionary<string, string>(settings ?? []) { ["AzureWebJobsStorage"] = storage.ConnectionString });
        return new(app, AppUnderTest.Connect(address));
    }

    /// <summary>Kills the worker that is there now, and waits until the host has another.</summary>
    public async Task ReplaceWorkerAsync()
    {
        int[] before = ReadyWorkers;
        using (Process worker = Process.GetProcessById(before[^1]))
            worker.Kill();
        await Eventually.GetAsync(() => Task.FromResult(ReadyWorkers), now => now.Length > before.Length);
    }

    public void Dispose()
    {
        _http.Dispose();
        App.Dispose();
    }

    [GeneratedRegex(@"Worker process (?<id>\d+) ready")]
    private static partial Regex ReadyWorker();

    /// <summary>What a host writes about a step that its worker begins.</summary>
    [GeneratedRegex(@"PreemptStep \(Activity\)' started")]
    private static partial Regex StartedStep();
}
