using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt delete</c>.</summary>
internal static class DeleteCommand
{
    public static Command Create()
    {
        Argument<string> id = CommonOptions.RunId();
        Command command = new("delete", "Remove a run that has ended, and its history.") { id };
        CliCall.Handle(command, async call =>
        {
            string run = await RunIds.ChangeAsync(call, call.Get(id), async whole =>
            {
                await call.Client.DeleteAsync(whole, call.CancellationToken);
                return whole;
            });
            if (call.Screen.IsJson)
                Screen.WriteJson(new Deleted(run));
            else
                call.Screen.WriteLine($"{run}: deleted");
            return ExitCode.Done;
        });
        return command;
    }

    private sealed record Deleted(string Id);
}
