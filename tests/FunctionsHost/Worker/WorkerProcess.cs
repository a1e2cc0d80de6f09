using System.Diagnostics;
using System.Globalization;

namespace Preempt.FunctionsHost.Worker;

/// <summary>
/// The process of a worker, which does not outlive the host. A killed host can end nothing any more, so on Linux and macOS a shell waits
/// beside the worker at a pipe that only the host holds: when the pipe breaks, the shell kills the worker. On Windows a worker does
/// outlive a host that was killed.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>
    /// The shell becomes the worker, so that the worker is the host's own child, with the shell's id (<c>$$</c>). What it leaves behind
    /// reads the host's pipe: a line means that all is well and over, the end of the file that the host is dead.
    /// </summary>
    private const string Tied =
        """exec 3<&0; { read -r over <&3 || kill -KILL $$; } >/dev/null 2>&1 & exec "$0" "$@" 3<&- </dev/null""";

    private readonly Process _process;
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(Process process)
    {
        _process = process;
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => _exited.TrySetResult();
    }

    /// <summary>Ends with the process, whoever still holds its output.</summary>
    public Task Exited => _exited.Task;

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a worker of the app, which connects to the address.</summary>
    /// <param name="print">Called with each line that it writes to its console.</param>
    public static WorkerProcess Start(FunctionApp app, string workerId, Uri address, Action<string> print)
    {
        string[] command =
        [
            app.Executable, app.Worker,
            "--functions-uri", address.ToString(),
            "--functions-worker-id", workerId,
            "--functions-request-id", Guid.NewGuid().ToString(),
            "--functions-grpc-max-message-length", int.MaxValue.ToString(CultureInfo.InvariantCulture),
        ];
        ProcessStartInfo start = OperatingSystem.IsWindows() ? new(command[0], command[1..]) : new("/bin/sh", ["-c", Tied, .. command]);
        start.WorkingDirectory = app.Folder;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = app.Folder;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = app.Folder;

        WorkerProcess worker = new(new() { StartInfo = start });
        worker._process.OutputDataReceived += (_, line) => Print(line.Data);
        worker._process.ErrorDataReceived += (_, line) => Print(line.Data);
        worker._process.Start();
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        return worker;

        void Print(string? line)
        {
            if (line is not null)
                print(line);
        }
    }

    /// <summary>Ends it, if it lives.</summary>
    public void Dispose()
    {
        _process.Kill();
        try
        {
            _process.StandardInput.WriteLine();
        }
        catch (IOException)
        {
            // Nobody waits there any more.
        }

        _process.Dispose();
    }
}
