using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary>Has the app do one thing with all runs that a filter means: counts them, asks, and watches it being done.</summary>
internal static class BulkRun
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <param name="call">The call.</param>
    /// <param name="request">Which runs.</param>
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
                throw new UsageException($"{verb} by a filter asks first, and here nobody can answer: add --yes, or --dry-run to count.");
            Operation counted = await FinishAsync(call, await start(request with { DryRun = true }, call.CancellationToken));
            if (request.DryRun)
                return Show(call.Screen, counted);
            if (counted.Total == 0)
            {
                call.Screen.Note("No run matches.");
                return ExitCode.Done;
            }

            if (!call.Screen.Ask($"{verb} {counted.Total} {(counted.Total == 1 ? "run" : "runs")}?"))
            {
                call.Screen.Note("Nothing is done.");
                return ExitCode.Done;
            }
        }

        return Show(call.Screen, await FinishAsync(call, await start(request, call.CancellationToken)));
    }

    /// <summary>Watches an operation until it has ended.</summary>
    public static async Task<Operation> FinishAsync(CliCall call, Operation operation)
    {
        while (operation.Status == OperationStatus.Running)
        {
            await Task.Delay(Pause, call.CancellationToken);
            operation = await call.Client.GetOperationAsync(operation.Id, call.CancellationToken);
        }

        return operation;
    }

    /// <summary>Shows an operation, and says what it means for the exit code.</summary>
    public static ExitCode Show(Screen screen, Operation operation)
    {
        if (screen.IsJson)
        {
            Screen.WriteJson(operation);
        }
        else
        {
            string runs = operation.Total == 1 ? "run" : "runs";
            screen.WriteLine(operation.DryRun
                ? $"{operation.Total} {runs}"
                : $"{NameOf(operation.Kind)} {operation.Status}: {operation.Done} of {operation.Total} {runs} done, "
                    + $"{operation.NothingToDo} needed nothing, {operation.Failed} failed");
            foreach (BulkFailure failure in operation.Failures)
                screen.Warn($"{failure.RunId}: {failure.Detail}");
        }

        return operation switch
        {
            { Status: OperationStatus.Running } => ExitCode.StillRunning,
            { Status: not OperationStatus.Succeeded } => ExitCode.Unavailable,
            { Failed: > 0 } => ExitCode.Partly,
            _ => ExitCode.Done,
        };
    }

    private static string NameOf(BulkKind kind) => kind switch
    {
        BulkKind.Cancel => "bulk-cancel",
        BulkKind.Replay => "bulk-replay",
        BulkKind.Publish => "publish-event",
        _ => "operation",
    };
}
