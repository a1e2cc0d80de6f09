using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>Runs a child process under a <see cref="ProcessSupervisor"/>, which sees to it that nothing of it is left.</summary>
internal static partial class SupervisedProcess
{
    /// <summary>The variable by which processes are found whose supervisor was killed.</summary>
    private const string MarkVariable = "PREEMPT_PROCESS";

    private const int MaxFailureLength = 2_000;
    private const int KilledBySignal = 128;

    /// <summary>How much longer than its notice a stop may take before the supervisor itself is killed.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    /// <summary>How long output may go on when everything that could write it is dead.</summary>
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(5);

    /// <summary>Runs a process to its end.</summary>
    /// <exception cref="ArgumentException">An option is not allowed.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, and is gone.</exception>
    /// <exception cref="ProcessException">It cannot be started.</exception>
    public static async Task<ProcessResult> RunAsync(ProcessOptions options, ILogger logger, CancellationToken stop)
    {
        options.Validate();
        string mark = RandomNumberGenerator.GetHexString(32, lowercase: true);
        string directory = Path.GetFullPath(options.WorkingDirectory ?? Environment.CurrentDirectory);
        ProcessOrder order = MakeOrder(options, directory, mark);
        stop.ThrowIfCancellationRequested();
        using Process supervisor = Start(order, directory);
        string name = Path.GetFileName(options.Program);
        ProcessOutput output = new(
            supervisor.StandardOutput, options.MaxLineLength, options.MaxCaptured, line => LogOutput(logger, name, line));
        ProcessOutput error = new(supervisor.StandardError, options.MaxLineLength, Math.Max(options.MaxCaptured, MaxFailureLength), line =>
        {
            if (!line.StartsWith(order.Secret, StringComparison.Ordinal))
                LogError(logger, name, line);
        });
        Task reading = Task.WhenAll(output.ReadAsync(), error.ReadAsync());
        bool wasStopped = await WaitAsync(supervisor, order, stop);
        if (supervisor.ExitCode >= KilledBySignal && OperatingSystem.IsLinux())
            KillMarked(mark);
        if (!await EndsAsync(reading, OutputLimit, CancellationToken.None))
            LogOpenOutput(logger, name);
        if (wasStopped)
            throw new OperationCanceledException($"The process \"{name}\" was stopped.", stop);
        string problem = error.End(MaxFailureLength);
        if (supervisor.ExitCode == ProcessSupervisor.NotStarted && problem.StartsWith(order.Secret, StringComparison.Ordinal))
            throw new ProcessException(problem[order.Secret.Length..].Trim());
        return new ProcessResult(supervisor.ExitCode, output.End(options.MaxCaptured), error.End(options.MaxCaptured));
    }

    private static ProcessOrder MakeOrder(ProcessOptions options, string directory, string mark)
    {
        Dictionary<string, string> environment = ProcessEnvironment.Make(options);
        environment[MarkVariable] = mark;
        string program = ProgramPath.Find(options.Program, directory, environment.GetValueOrDefault("PATH"));
        string secret = RandomNumberGenerator.GetHexString(32) + " ";
        return new ProcessOrder(secret, program, options.Arguments, environment, options.StandardInput ?? "", options.Notice.Value);
    }

    private static Process Start(ProcessOrder order, string directory)
    {
        ProcessStartInfo start = SupervisorLaunch.Describe(order.Program, directory);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        start.StandardErrorEncoding = Encoding.UTF8;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new ProcessException($"The supervisor process does not start: {exception.Message}", exception);
        }
    }

    /// <returns>Whether it was stopped before it ended by itself.</returns>
    private static async Task<bool> WaitAsync(Process supervisor, ProcessOrder order, CancellationToken stop)
    {
        Task exit = supervisor.WaitForExitAsync(CancellationToken.None);
        Stream line = supervisor.StandardInput.BaseStream;
        await TellAsync(line, order.ToBytes());
        if (await EndsAsync(exit, Timeout.InfiniteTimeSpan, stop))
            return false;
        await TellAsync(line, [0]);
        if (!await EndsAsync(exit, order.Notice + StopLimit, CancellationToken.None))
        {
            supervisor.Kill(entireProcessTree: true);
            await exit;
        }

        return true;
    }

    private static async Task TellAsync(Stream line, byte[] what)
    {
        try
        {
            await line.WriteAsync(what);
            await line.FlushAsync();
        }
        catch (IOException)
        {
            // The supervisor has ended; its exit says more.
        }
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(limit, TimeProvider.System, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Whether it has ended meanwhile is all that counts.
        }

        return task.IsCompleted;
    }

    /// <summary>A supervisor that was killed itself leaves its processes behind.</summary>
    private static void KillMarked(string mark)
    {
        const int MaxRounds = 100;
        for (int round = 0; round < MaxRounds && ProcessTable.Find(MarkVariable, mark) is { Length: > 0 } left; round++)
        {
            foreach (int process in left)
                ProcessTree.Kill(process);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Program}: {Line}")]
    private static partial void LogOutput(ILogger logger, string program, string line);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Program} (standard error): {Line}")]
    private static partial void LogError(ILogger logger, string program, string line);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Program} has ended, but another process keeps its output open")]
    private static partial void LogOpenOutput(ILogger logger, string program);
}
