using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Preempt.Embedded.Tests.Hosting;

/// <summary>The app of <c>tests/Embedded.App</c> as a process of its own.</summary>
internal sealed class AppProcess : IDisposable
{
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly List<string> _seen = [];

    /// <param name="settings">Environment variables to add.</param>
    public AppProcess(params (string Name, string Value)[] settings)
        : this("http://127.0.0.1:0", settings)
    {
    }

    /// <param name="address">Where it listens.</param>
    /// <param name="settings">Environment variables to add.</param>
    public AppProcess(string address, (string Name, string Value)[] settings)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { AssemblyPath(), "--urls", address },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in settings.Prepend(("Preempt__Store", "memory")))
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits for a line that holds a text, and gives what follows it in that line. Lines may come in any order.</summary>
    /// <exception cref="TimeoutException">There is none; the message has what the app wrote.</exception>
    public string WaitFor(string text)
    {
        string? line = _seen.Find(Holds);
        while (line is null)
        {
            if (!_lines.TryTake(out string? next, TestApp.Patience))
                throw new TimeoutException($"The app did not write \"{text}\", but:\n{string.Join('\n', _seen)}");
            _seen.Add(next);
            if (Holds(next)) line = next;
        }

        return line[(line.IndexOf(text, StringComparison.Ordinal) + text.Length)..].Trim();

        bool Holds(string candidate) => candidate.Contains(text, StringComparison.Ordinal);
    }

    /// <summary>A client of the app, once it listens.</summary>
    public HttpClient Connect() => new() { BaseAddress = new Uri(WaitFor("Now listening on:")) };

    /// <summary>Sends SIGTERM, and returns when it was sent.</summary>
    public long Terminate()
    {
        long sent = Stopwatch.GetTimestamp();
        Assert.Equal(0, Kill(_process.Id, SigTerm));
        return sent;
    }

    /// <summary>The lines that were waited for, and those that came before them; once it has exited, all.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            if (_process.HasExited)
            {
                // Its last lines are read by now.
                _process.WaitForExit();
                while (_lines.TryTake(out string? line))
                    _seen.Add(line);
            }

            return _seen;
        }
    }

    /// <summary>Waits for the end of the process, and returns its exit code.</summary>
    public int WaitForExit()
    {
        Assert.True(_process.WaitForExit(TestApp.Patience));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _lines.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null && !_lines.IsAddingCompleted) _lines.Add(line);
    }

    private static string AssemblyPath() => typeof(AppProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "AppAssembly").Value!;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int processId, int signal);
}
