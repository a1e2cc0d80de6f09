using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>--wait</c>, with a limit or without.</summary>
internal static class WaitOption
{
    /// <summary>How often a person is shown how far a run is.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Option<Duration?> Create() => new("--wait")
    {
        Description = "Wait until the run has ended; with a duration (--wait 30s), at most so long. The exit code then says how it ended.",
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
        Run waited = await WaitForEndAsync(call, run, limit);
        RunView.Write(call.Screen, waited);
        return CodeOf(waited);
    }

    /// <summary>Waits for a run; in a terminal with a bar of its progress.</summary>
    /// <exception cref="InterruptedException">Ctrl+C was pressed: the run goes on.</exception>
    public static async Task<Run> WaitForEndAsync(CliCall call, Run run, TimeSpan limit)
    {
        if (run.Status.IsTerminal())
            return run;
        try
        {
            return await ProgressBar.ShowAsync(call.Screen, async bar =>
            {
                Task<Run> end = call.Client.WaitAsync(run.Id, limit, call.CancellationToken);
                while (call.Screen.IsErrorTerminal && !end.IsCompleted)
                {
                    bar.Show(run.Progress?.Fraction, Describe(run));
                    await Task.WhenAny(end, Task.Delay(Pause, call.CancellationToken));
                    if (!end.IsCompleted)
                        run = await call.Client.GetAsync(run.Id, call.CancellationToken);
                }

                return await end;
            });
        }
        catch (OperationCanceledException) when (call.CancellationToken.IsCancellationRequested)
        {
            throw new InterruptedException($"The run goes on.\nLook at it: preempt get {run.Id}\nStop it:    preempt cancel {run.Id}");
        }
    }

    /// <summary>The exit code for a run that was waited for.</summary>
    public static ExitCode CodeOf(Run run) => run.Status switch
    {
        RunStatus.Succeeded => ExitCode.Done,
        _ when run.Status.IsTerminal() => ExitCode.RunFailed,
        _ => ExitCode.StillRunning,
    };

    private static string Describe(Run run)
    {
        TimeSpan age = RunView.Age(run, TimeProvider.System.GetUtcNow());
        string step = run.Steps is [.., var last] ? $", step {last.Name}{(last.Attempt > 1 ? $", attempt {last.Attempt}" : "")}" : "";
        return $"{RunView.Summary(run).Text} for {Times.Of(age)}{step} {run.Progress?.Message}".TrimEnd();
    }
}
