using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>--wait</c>, with a limit or without.</summary>
internal static class WaitOption
{
    public static Option<Duration?> Create() => new("--wait")
    {
        Description = "Wait until the run has ended, or for so long: --wait 30s. The exit code then says how it ended.",
        HelpName = "duration",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens.Count == 0 ? Duration.Never : CommonOptions.ParseDuration(result),
    };

    /// <summary>How long to wait; null for not at all.</summary>
    public static TimeSpan? Find(CliCall call, Option<Duration?> option) => call.Arguments.GetResult(option) is null
        ? null
        : CommonOptions.ToTimeSpan(call.Get(option) ?? Duration.Never);

    /// <summary>Waits for a run, and shows it as it is then.</summary>
    public static async Task<ExitCode> WaitAsync(CliCall call, Run run, TimeSpan limit)
    {
        Run waited = run.Status.IsTerminal() ? run : await call.Client.WaitAsync(run.Id, limit, call.CancellationToken);
        RunView.Write(call.Screen, waited);
        return CodeOf(waited);
    }

    /// <summary>The exit code for a run that was waited for.</summary>
    public static ExitCode CodeOf(Run run) => run.Status switch
    {
        RunStatus.Succeeded => ExitCode.Done,
        _ when run.Status.IsTerminal() => ExitCode.RunFailed,
        _ => ExitCode.StillRunning,
    };
}
