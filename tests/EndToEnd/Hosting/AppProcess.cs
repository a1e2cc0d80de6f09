using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Preempt.EndToEnd.Hosting;

/// <summary>The function app as a process of its own, on a free port, in a fresh working directory.</summary>
internal sealed partial class AppProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    /// <summary>A line for each entry, so that those of one run can be picked out.</summary>
    private static readonly Dictionary<string, string> LogSettings = new()
    {
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        ["Logging__Console__FormatterOptions__TimestampFormat"] = "HH:mm:ss.fff ",
    };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-end-to-end-");
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OutputTail _output = new();
    private readonly AppCommand _command;
    private readonly Process _process;
    private PosixSignalRegistration? _terminated;

    private AppProcess(AppCommand command)
    {
        _command = command;
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = _directory.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])[.. command.Arguments, "--urls", "http://127.0.0.1:0"])
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in LogSettings.Concat(command.Settings))
            start.Environment[name] = value;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException("The app ended before it listened."));
    }

    /// <summary>What the app wrote of late.</summary>
    public string Output => _output.Where(_ => true);

    /// <summary>The memory that the process takes, in bytes, as the system counts it.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>What the app has in its working directory, in bytes: its store, where no setting names another.</summary>
    public long Stored => _directory.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>What the app wrote of late about these runs, and whatever went wrong.</summary>
    public string OutputAbout(IReadOnlyCollection<string> runIds) => _output.Where(line =>
        !line.Contains(" info: ", StringComparison.Ordinal) || runIds.Any(id => line.Contains(id, StringComparison.Ordinal)));

    /// <summary>Starts the app, and kills it after a while, whether it listens by then or not.</summary>
    /// <param name="settings">Environment variables to add.</param>
    /// <param name="life">The while.</param>
    public static async Task StartAndKillAsync(IReadOnlyDictionary<string, string> settings, TimeSpan life)
    {
        using AppProcess app = new(await AppCommand.PrepareAsync(settings));
        Task<Uri> listening = app.ListenAsync();
        await Task.Delay(life);
        app.End();
        await ((Task)listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Starts the app and waits until it listens.</summary>
    /// <param name="settings">Environment variables to add, such as <c>Preempt__Lab</c>.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message has what it wrote.</exception>
    public static async Task<(AppProcess App, Uri Address)> StartAsync(IReadOnlyDictionary<string, string> settings) =>
        await StartAsync(await AppCommand.PrepareAsync(settings));

    /// <summary>Starts the app and waits until it listens.</summary>
    /// <param name="command">How it is started. It ends with the app.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message has what it wrote.</exception>
    public static async Task<(AppProcess App, Uri Address)> StartAsync(AppCommand command)
    {
        AppProcess app = new(command);
        try
        {
            return (app, await app.ListenAsync());
        }
        catch (Exception exception)
        {
            app.Dispose();
            throw new InvalidOperationException($"The app did not start: {exception.Message}\n{app.Output}", exception);
        }
    }

    /// <summary>Whether its process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Kills the app, and nothing that it has started.</summary>
    public void KillAlone() => _process.Kill();

    /// <summary>Asks the app to stop, with SIGTERM, and waits until it has ended.</summary>
    public async Task StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _terminated?.Dispose();
        End();
        _process.Dispose();
        _command.Dispose();
    }

    private async Task<Uri> ListenAsync()
    {
        _process.Start();
        // A suite that is interrupted or terminated leaves no app behind.
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        _terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => End());
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return await _listening.Task.WaitAsync(StartLimit);
    }

    private void OnExit(object? sender, EventArgs arguments) => End();

    private void End()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(EndLimit);
        }
        catch (InvalidOperationException)
        {
            // It never started.
        }

        _directory.Refresh();
        if (_directory.Exists)
            _directory.Delete(recursive: true);
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        _output.Add(line);
        if (ListeningLine().Match(line) is { Success: true } match)
            _listening.TrySetResult(new Uri(match.Groups["address"].Value));
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListeningLine();
}
