using System.Globalization;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary>Has the app do one thing with all runs that a filter means: counts them, asks, and watches it being done.</summary>
internal static class BulkRun
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <param name="call">The call.</param>
    /// <param name="request">The runs.</param>
    /// <param name="verb">What is done, as in "Cancel".</param>
    /// <param name="isSure">Whether nobody is asked.</param>
    /// <param name="start">Has the app begin.</param>
    /// <exception cref="UsageException">Somebody must be asked, and nobody can be.</exception>
    public static async Task<ExitCode> DoAsync(
        CliCall call, BulkRequest request, string verb, bool isSure, Func<BulkRequest, CancellationToken, Task<Operation>> start)
    {
        if (request.DryRun || !isSure)
        {
            if (!request.DryRun && !Screen.CanAsk)
                throw new UsageException($"{verb} with a filter asks first, but this is not a terminal: add --yes, or --dry-run to count.");
            Operation counted = await FinishAsync(call, await StartAsync(call, request with { DryRun = true }, start));
            if (counted.Total == 0)
                await WorkflowNames.NoteMistakeAsync(call);
            if (request.DryRun)
                return Show(call.Screen, counted);
            if (counted.Total == 0)
            {
                call.Screen.Note("No run matches.");
                return ExitCode.Done;
            }

            if (!call.Screen.Ask($"{verb} {counted.Total} {(counted.Total == 1 ? "run" : "runs")}?"))
            {
                call.Screen.Note("Nothing was done.");
                return ExitCode.Done;
            }
        }

        return Show(call.Screen, await FinishAsync(call, await StartAsync(call, request, start)));
    }

    /// <summary>Watches an operation until it has ended; in a terminal with a bar.</summary>
    /// <exception cref="InterruptedException">Ctrl+C was pressed: the operation goes on.</exception>
    public static Task<Operation> FinishAsync(CliCall call, Operation operation) => operation.Status != OperationStatus.Running
        ? Task.FromResult(operation)
        : ProgressBar.ShowAsync(call.Screen, async bar =>
        {
            OperationRate rate = new(TimeProvider.System, operation);
            while (operation.Status == OperationStatus.Running)
            {
                bar.Show(operation.Total == 0 ? null : (double)Seen(operation) / operation.Total, rate.Describe(operation));
                try
                {
                    await Task.Delay(Pause, call.CancellationToken);
                    operation = await call.Client.GetOperationAsync(operation.Id, call.CancellationToken);
                }
                catch (OperationCanceledException) when (call.CancellationToken.IsCancellationRequested)
                {
                    throw new InterruptedException(
                        $"Operation {operation.Id} goes on; it had {Describe(operation)}.\n"
                        + $"Look at it: preempt operation {operation.Id}\nStop it:    preempt operation {operation.Id} --stop");
                }
            }

            return operation;
        });

    /// <summary>Shows an operation, and says what it means for the exit code.</summary>
    public static ExitCode Show(Screen screen, Operation operation)
    {
        if (screen.IsJson)
        {
            Screen.WriteJson(operation);
        }
        else
        {
            screen.WriteLine(operation.DryRun
                ? $"{operation.Total} {(operation.Total == 1 ? "run" : "runs")}"
                : $"{NameOf(operation.Kind)} {operation.Status}: {Describe(operation)}");
            foreach (BulkFailure failure in operation.Failures)
                screen.Warn($"{failure.RunId}: {failure.Detail}");
            if (operation.Failed > operation.Failures.Length && operation.Failures.Length > 0)
                screen.Warn($"and {operation.Failed - operation.Failures.Length} more");
        }

        return operation switch
        {
            { Status: OperationStatus.Running } => ExitCode.StillRunning,
            { Status: not OperationStatus.Succeeded } => ExitCode.Unavailable,
            { Failed: > 0 } => ExitCode.Partly,
            _ => ExitCode.Done,
        };
    }

    /// <summary>The numbers of an operation: all parts, which make the total.</summary>
    public static string Describe(Operation operation)
    {
        string runs = operation.Total == 1 ? "run" : "runs";
        string rest = operation.Total - Seen(operation) is > 0 and int left
            ? operation.Status == OperationStatus.Running ? $", {left} to do" : $", {left} left alone"
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{operation.Done} of {operation.Total} {runs} done, {operation.NothingToDo} needed nothing, {operation.Failed} failed{rest}");
    }

    /// <summary>The runs whose turn has been.</summary>
    public static int Seen(Operation operation) => operation.Done + operation.NothingToDo + operation.Failed;

    public static string NameOf(BulkKind kind) => kind switch
    {
        BulkKind.Cancel => "bulk-cancel",
        BulkKind.Replay => "bulk-replay",
        BulkKind.Publish => "publish-event",
        _ => "operation",
    };

    private static async Task<Operation> StartAsync(
        CliCall call, BulkRequest request, Func<BulkRequest, CancellationToken, Task<Operation>> start)
    {
        try
        {
            return await start(request, call.CancellationToken);
        }
        catch (OperationCanceledException) when (call.CancellationToken.IsCancellationRequested && !request.DryRun)
        {
            throw new InterruptedException("The app may have begun anyway: preempt operations lists its operations.");
        }
    }
}
