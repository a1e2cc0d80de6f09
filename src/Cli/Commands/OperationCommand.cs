using System.CommandLine;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt operation</c>.</summary>
internal static class OperationCommand
{
    public static Command Create()
    {
        Argument<string> id = new("operation") { Description = "The operation's id." };
        Option<bool> wait = new("--wait") { Description = "Wait until it has ended." };
        Option<bool> stop = new("--stop") { Description = "Stop it. Work already done stays done. Needs the admin key." };
        Command command = new("operation", "Show the progress of a bulk operation, or stop it.") { id, wait, stop };
        CliCall.Handle(command, async call =>
        {
            if (call.Get(stop) && call.Get(wait))
                throw new UsageException("Give --wait or --stop, not both.");
            if (call.Get(stop))
            {
                Operation stopped = await call.Client.StopOperationAsync(call.Get(id), call.CancellationToken);
                BulkRun.Show(call.Screen, stopped);
                return stopped.Status is OperationStatus.Stopped or OperationStatus.Running ? ExitCode.Done : ExitCode.Conflict;
            }

            Operation operation = await call.Client.GetOperationAsync(call.Get(id), call.CancellationToken);
            ExitCode code = BulkRun.Show(call.Screen, call.Get(wait) ? await BulkRun.FinishAsync(call, operation) : operation);
            return code == ExitCode.StillRunning ? ExitCode.Done : code;
        });
        return command;
    }
}
