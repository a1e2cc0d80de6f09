using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Preempt.Client;
using Preempt.Tests.Shared;

namespace Preempt.AzureBench;

/// <summary>A Functions host that runs this program as its worker, on a storage account that it may share with others.</summary>
internal sealed partial class BenchHost : IDisposable
{
    private const string Management = "runtime/webhooks/durabletask";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _worker = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new() { Timeout = LongestWait };

    private BenchHost(Azurite storage)
    {
        string host = typeof(BenchHost).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(told => told.Key == "FunctionsHostAssembly").Value!;
        ProcessStartInfo start = new("dotnet", [host, "--app", AppContext.BaseDirectory, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AzureWebJobsStorage"] = storage.ConnectionString },
        };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException("The host ended before it listened."));
    }

    /// <summary>Raised for each line that the host writes.</summary>
    public event Action<string>? Wrote;

    /// <summary>The app's API through this host.</summary>
    public PreemptHttpClient Runs { get; private set; } = null!;

    /// <summary>The process of this host's worker.</summary>
    public int Worker { get; private set; }

    public static async Task<BenchHost> StartAsync(Azurite storage)
    {
        BenchHost host = new(storage);
        host._process.Start();
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        Uri address = await host._listening.Task.WaitAsync(StartLimit);
        host.Worker = await host._worker.Task.WaitAsync(StartLimit);
        host._http.BaseAddress = address;
        host.Runs = new PreemptHttpClient(host._http, new PreemptClientOptions { BaseUrl = address });
        return host;
    }

    /// <summary>Starts a bare orchestration, and waits until it has ended.</summary>
    /// <returns>When its activity began.</returns>
    public async Task<DateTimeOffset> RunBareAsync()
    {
        string id = await StartBareAsync();
        while (true)
        {
            JsonElement instance = await _http.GetFromJsonAsync<JsonElement>(new Uri($"{Management}/instances/{id}", UriKind.Relative));
            switch (instance.GetProperty("runtimeStatus").GetString())
            {
                case "Completed":
                    return instance.GetProperty("output").GetDateTimeOffset();
                case "Failed":
                    throw new InvalidOperationException($"The bare orchestration failed: {instance.GetProperty("output")}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Starts a bare orchestration.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> StartBareAsync()
    {
        using HttpResponseMessage started = await _http.PostAsync(new Uri($"{Management}/orchestrators/{nameof(BareFunctions.Bare)}", UriKind.Relative), null);
        started.EnsureSuccessStatusCode();
        return (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _http.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        Wrote?.Invoke(line);
        if (ListeningLine().Match(line) is { Success: true } listening)
            _listening.TrySetResult(new Uri(listening.Groups["address"].Value));
        if (ReadyLine().Match(line) is { Success: true } ready)
            _worker.TrySetResult(int.Parse(ready.Groups["id"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://\S+)")]
    private static partial Regex ListeningLine();

    [GeneratedRegex(@"Worker process (?<id>\d+) ready")]
    private static partial Regex ReadyLine();
}
