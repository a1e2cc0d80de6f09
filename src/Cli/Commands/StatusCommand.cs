using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt status</c>.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Command command = new("status", "Show which app responds, and whether it admits runs.");
        CliCall.Handle(command, async call =>
        {
            Show(call, await call.Client.GetStatusAsync(call.CancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Shows what an app does with its runs.</summary>
    public static void Show(CliCall call, AppStatus status)
    {
        string url = call.Address.Options.BaseUrl!.ToString();
        if (call.Screen.IsJson)
        {
            Screen.WriteJson(new Status(url, call.Address.Source, status));
            return;
        }

        string drained = status.IsDrained == true ? ", nothing runs" : status.Running is { } running ? $", {running} running" : "";
        string waiting = status.Waiting is { } count ? $", {count} waiting" : "";
        string refuse = status.Refuse ? ", starts are refused" : "";
        call.Screen.WriteLine($"{status.Mode}{drained}{waiting}{refuse} at {url} (from {call.Address.Source})");
    }

    private sealed record Status(string BaseUrl, string Source, AppStatus App);
}
