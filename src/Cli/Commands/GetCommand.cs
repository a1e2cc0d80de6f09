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
        Option<bool> timeline = new("--timeline") { Description = "Draw the run's steps and their attempts over time." };
        Command command = new("get", "Show a run.") { id, wait, timeline };
        CliCall.Handle(command, async call =>
        {
            Run run = await RunIds.ReadAsync(call, call.Get(id), whole => call.Client.GetAsync(whole, call.CancellationToken));
            TimeSpan? limit = WaitOption.Find(call, wait);
            if (limit is { } most)
                run = await WaitOption.WaitForEndAsync(call, run, most);
            if (call.Get(timeline) && !call.Screen.IsJson)
                TimelineView.Write(call.Screen, run, TimeProvider.System.GetUtcNow());
            else
                RunView.Write(call.Screen, run);
            return limit is null ? ExitCode.Done : WaitOption.CodeOf(run);
        });
        return command;
    }
}
