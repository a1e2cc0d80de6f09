using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Preempt;

/// <summary>
/// A process that starts one other, and outlives all that comes of it. Its standard input is its tie to the host: a byte asks for
/// a stop, and when it closes the host is dead, however it died.
/// </summary>
internal static class ProcessSupervisor
{
    /// <summary>What a shell says when a program cannot be started.</summary>
    public const int NotStarted = 127;

    private const int SigTerm = 15;
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    /// <summary>Reads the order from standard input and carries it out.</summary>
    /// <returns>The exit code: the process's.</returns>
    public static async Task<int> RunAsync()
    {
        await using Stream host = Console.OpenStandardInput();
        ProcessOrder order;
        try
        {
            order = ProcessOrder.Read(host);
        }
        catch (EndOfStreamException)
        {
            // The host has died before it could say what to do.
            return NotStarted;
        }

        using CancellationTokenSource stop = new();
        using CancellationTokenSource hostDied = new();
        PosixSignalRegistration[] signals = OperatingSystem.IsWindows()
            ? []
            : [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, context => { context.Cancel = true; stop.Cancel(); }))];
        using ProcessTree tree = ProcessTree.BeginHere();
        Process process;
        try
        {
            process = Start(order);
        }
        catch (Win32Exception exception)
        {
            await Console.Error.WriteLineAsync(order.Secret + exception.Message);
            return NotStarted;
        }

        using (process)
        {
            tree.SetRoot(process.Id);
            _ = FeedAsync(process, order.StandardInput);
            _ = ListenAsync(host, stop, hostDied);
            await SuperviseAsync(process, tree, order.Notice, stop.Token, hostDied.Token);
            foreach (PosixSignalRegistration signal in signals)
                signal.Dispose();
            return process.HasExited ? process.ExitCode : NotStarted;
        }
    }

    private static Process Start(ProcessOrder order)
    {
        ProcessStartInfo start = new(order.Program, order.Arguments)
        {
            RedirectStandardInput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        start.Environment.Clear();
        foreach ((string name, string value) in order.Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task FeedAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process does not read to the end.
        }
    }

    private static async Task ListenAsync(Stream host, CancellationTokenSource stop, CancellationTokenSource hostDied)
    {
        byte[] word = new byte[1];
        while (await host.ReadAsync(word) > 0)
            stop.Cancel();
        hostDied.Cancel();
    }

    private static async Task SuperviseAsync(
        Process process, ProcessTree tree, TimeSpan notice, CancellationToken stop, CancellationToken hostDied)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, hostDied);
        await EndOfAsync(process.WaitForExitAsync(either.Token));
        // A dead host has perhaps been replaced by one that runs the step again: no notice then.
        if (!process.HasExited && !hostDied.IsCancellationRequested && ProcessTree.CanSignal)
        {
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(hostDied);
            over.CancelAfter(notice);
            tree.Signal(SigTerm);
            await EndOfAsync(tree.WaitUntilEmptyAsync(over.Token));
        }

        await tree.KillAsync();
    }

    private static Task EndOfAsync(Task task) => task.ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
