using System.CommandLine;
using System.Globalization;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt drain</c> and <c>preempt resume</c>.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        Option<bool> immediate = new("--immediate") { Description = "Also stop the running runs." };
        Option<bool> refuse = new("--refuse") { Description = "Refuse starts while the app drains; otherwise they are accepted and wait." };
        Option<bool> wait = new("--wait") { Description = "Wait until nothing runs any more." };
        Option<bool> yes = CommonOptions.Yes();
        Command command = new("drain", "Make the app admit no more runs, for example before a deployment. Needs the admin key.")
        {
            immediate, refuse, wait, yes,
        };
        CliCall.Handle(command, async call =>
        {
            AppStatus before = await call.Client.GetStatusAsync(call.CancellationToken);
            // To drain an app that drains stops its runs.
            if ((call.Get(immediate) || before.Mode == AppMode.Draining) && !call.Get(yes))
            {
                string why = before.Mode == AppMode.Draining
                    ? "The app drains already; a second drain stops all runs."
                    : "This stops all runs.";
                if (!Screen.CanAsk)
                    throw new UsageException($"{why} This asks first, but this is not a terminal: add --yes.");
                if (!call.Screen.Ask($"{why} Stop them?"))
                {
                    call.Screen.Note("Nothing was done.");
                    return ExitCode.Done;
                }
            }

            AppStatus status = await call.Client.DrainAsync(call.Get(immediate), call.Get(refuse), cancellationToken: call.CancellationToken);
            StatusCommand.Show(call, call.Get(wait) ? await WaitAsync(call, status) : status);
            return ExitCode.Done;
        });
        return command;
    }

    /// <exception cref="InterruptedException">Ctrl+C was pressed: the app goes on draining.</exception>
    private static Task<AppStatus> WaitAsync(CliCall call, AppStatus status) => ProgressBar.ShowAsync(call.Screen, async bar =>
    {
        int most = 1;
        try
        {
            while (status is { Mode: not AppMode.Running, IsDrained: not true })
            {
                most = Math.Max(most, status.Running ?? 0);
                bar.Show(status.Running is { } running ? 1 - ((double)running / most) : null, $"{status.Running?.ToString(CultureInfo.InvariantCulture) ?? "?"} still running");
                await Task.Delay(Pause, call.CancellationToken);
                status = await call.Client.GetStatusAsync(call.CancellationToken);
            }
        }
        catch (OperationCanceledException) when (call.CancellationToken.IsCancellationRequested)
        {
            throw new InterruptedException("The app goes on draining.\nLook at it:   preempt status\nAdmit again:  preempt resume");
        }

        return status;
    });

    public static Command CreateResume()
    {
        Command command = new("resume", "Make an app that drains admit runs again. Needs the admin key.");
        CliCall.Handle(command, async call =>
        {
            StatusCommand.Show(call, await call.Client.ResumeAsync(call.CancellationToken));
            return ExitCode.Done;
        });
        return command;
    }
}
