using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt extend</c>.</summary>
internal static class ExtendCommand
{
    public static Command Create()
    {
        Argument<string> id = CommonOptions.RunId();
        Option<Duration?> by = CommonOptions.Duration("--by", "How much more time, such as 10m; never removes the timeout.");
        by.Required = true;
        Option<string?> idempotencyKey = CommonOptions.IdempotencyKey("The time is added only once for this key, also when the command is repeated.");
        Command command = new("extend", "Give a run more time.") { id, by, idempotencyKey };
        CliCall.Handle(command, async call =>
        {
            Duration more = call.Get(by)!.Value;
            Run run = await RunIds.ChangeAsync(
                call, call.Get(id), whole => call.Client.ExtendAsync(whole, more, call.Get(idempotencyKey), call.CancellationToken));
            if (call.Screen.IsJson)
                Screen.WriteJson(run);
            else
                call.Screen.WriteLine(more.IsNever ? "Its timeout is removed." : $"It has {more} more.");
            return ExitCode.Done;
        });
        return command;
    }
}
