using System.CommandLine;
using Preempt.Cli.Output;
using Preempt.Client;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt status</c>.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Command command = new("status", "Say whether the app answers, and which app that is.");
        CliCall.Handle(command, async call =>
        {
            Health health = await call.Client.GetHealthAsync(call.CancellationToken);
            string url = call.Address.Options.BaseUrl!.ToString();
            if (call.Screen.IsJson)
                Screen.WriteJson(new Status(url, call.Address.Source, health.Status));
            else
                call.Screen.WriteLine($"{health.Status}, at {url} (from {call.Address.Source})");
            return ExitCode.Done;
        });
        return command;
    }

    private sealed record Status(string BaseUrl, string Source, string Health);
}
