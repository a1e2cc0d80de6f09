using System.CommandLine;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt operation</c>.</summary>
internal static class OperationCommand
{
    public static Command Create()
    {
        Argument<string> id = new("operation") { Description = "The operation's id." };
        Option<bool> wait = new("--wait") { Description = "Wait until it has ended." };
        Command command = new("operation", "Show how far a bulk cancel or replay is.") { id, wait };
        CliCall.Handle(command, async call =>
        {
            Operation operation = await call.Client.GetOperationAsync(call.Get(id), call.CancellationToken);
            ExitCode code = BulkRun.Show(call.Screen, call.Get(wait) ? await BulkRun.FinishAsync(call, operation) : operation);
            return code == ExitCode.StillRunning ? ExitCode.Done : code;
        });
        return command;
    }
}
