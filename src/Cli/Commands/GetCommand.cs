using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt get</c>.</summary>
internal static class GetCommand
{
    public static Command Create()
    {
        Argument<string> id = CommonOptions.RunId();
        Option<Duration?> wait = WaitOption.Create();
        Command command = new("get", "Show a run.") { id, wait };
        CliCall.Handle(command, async call =>
        {
            Run run = await call.Client.GetAsync(call.Get(id), call.CancellationToken);
            if (WaitOption.Find(call, wait) is { } limit)
                return await WaitOption.WaitAsync(call, run, limit);
            RunView.Write(call.Screen, run);
            return ExitCode.Done;
        });
        return command;
    }
}
