using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Preempt.Tests.Shared;

/// <summary>A storage emulator of its own: in memory, on free ports, with an account of its own. It ends with this process.</summary>
internal sealed partial class Azurite : IDisposable
{
    private const string Account = "tests";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly string _key;
    private readonly ConcurrentDictionary<string, Uri> _services = new();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Azurite(string script, int queuePort, int tablePort, string key)
    {
        _key = key;
        ProcessStartInfo start = new("node")
        {
            ArgumentList =
            {
                script, "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry",
                "--blobPort", "0", "--queuePort", queuePort.ToString(CultureInfo.InvariantCulture),
                "--tablePort", tablePort.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AZURITE_ACCOUNTS"] = $"{Account}:{_key}" },
        };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException("Azurite ended before it listened."));
    }

    /// <summary>Raised for each line that it writes, such as one for each request that it has answered.</summary>
    public event Action<string>? Wrote;

    /// <summary>The connection string of the emulator.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_key};"
        + string.Join(';', _services.Select(service => $"{service.Key}Endpoint={new Uri(service.Value, Account)}"));

    /// <summary>Where its queues are.</summary>
    public int QueuePort => _services["Queue"].Port;

    /// <summary>Where its tables are.</summary>
    public int TablePort => _services["Table"].Port;

    /// <summary>Starts an emulator.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message says why.</exception>
    public static Task<Azurite> StartAsync() => StartAsync(queuePort: 0, tablePort: 0, Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)));

    /// <summary>Starts an emulator in the place of one that has ended: its queues and tables have the same addresses and the same key.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message says why.</exception>
    public static Task<Azurite> StartInPlaceOfAsync(Azurite ended) => StartAsync(ended.QueuePort, ended.TablePort, ended._key);

    /// <summary>Stops it where it is, connections and all: it answers nothing until <see cref="GoOnAsync"/>. Not on Windows.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on after a pause.</summary>
    public Task GoOnAsync() => SignalAsync("CONT");

    private async Task SignalAsync(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<Azurite> StartAsync(int queuePort, int tablePort, string key)
    {
        Azurite azurite = new(await new NodePackage("azurite", "azurite.js").GetScriptAsync(), queuePort, tablePort, key);
        try
        {
            azurite._process.Start();
            azurite._process.BeginOutputReadLine();
            azurite._process.BeginErrorReadLine();
            await azurite._listening.Task.WaitAsync(StartLimit);
            return azurite;
        }
        catch (Exception exception)
        {
            azurite.Dispose();
            throw new InvalidOperationException($"{exception.Message}\n{string.Join('\n', azurite._output)}", exception);
        }
    }

    private void Read(string? line)
    {
        if (line is null) return;
        Wrote?.Invoke(line);
        // Later it writes a line for each request.
        if (_listening.Task.IsCompleted) return;
        _output.Enqueue(line);
        if (ListeningLine().Match(line) is not { Success: true } match) return;
        _services[match.Groups["service"].Value] = new Uri(match.Groups["address"].Value);
        if (_services.Count == 3) _listening.TrySetResult();
    }

    [GeneratedRegex(@"Azurite (?<service>\w+) service is successfully listening at (?<address>\S+)")]
    private static partial Regex ListeningLine();
}
