using System.CommandLine;
using Preempt.Cli.Output;
using Preempt.Cli.Watching;
using Preempt.Client;
using Spectre.Console;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt watch</c>.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        Argument<string[]> ids = CommonOptions.RunIds("Runs to watch until they have ended.");
        Option<string?> workflow = CommonOptions.WorkflowOption();
        Option<string?> key = new("--key") { Description = "Runs of this concurrency key." };
        Option<Duration?> interval = CommonOptions.Duration("--interval", "The time between two updates; 1s by default.");
        Option<Duration?> length = CommonOptions.Duration("--for", "How long to watch at most.");
        Command command = new("watch", "Watch runs and their gates: a live table in a terminal, a line for each change elsewhere.")
        {
            ids, workflow, key, interval, length,
        };
        CliCall.Handle(command, async call =>
        {
            TimeSpan pause = (call.Get(interval) ?? TimeSpan.FromSeconds(1)) is { IsNever: false } given && given.Value >= ShortestInterval
                ? given.Value
                : throw new UsageException($"--interval: expected {Times.Of(ShortestInterval)} or longer.");
            if (call.Get(ids).Length > 0 && (call.Get(workflow) ?? call.Get(key)) is not null)
                throw new UsageException("Give run ids or a filter, not both.");
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
            if (call.Get(length) is { IsNever: false } most)
                end.CancelAfter(most.Value);
            RunFilter filter = new() { Workflow = call.Get(workflow), Key = call.Get(key) };
            Watcher watcher = new(
                call.Client,
                call.Get(ids),
                (id, cancellationToken) => RunIds.ReadAsync(call, id, whole => call.Client.GetAsync(whole, cancellationToken)),
                filter,
                TimeProvider.System);
            try
            {
                await WatchAsync(call.Screen, watcher, pause, end.Token);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // The watch had no time limit, so Ctrl+C is its normal end.
                return watcher.IsOver || call.Get(ids).Length == 0 ? ExitCode.Done : ExitCode.StillRunning;
            }

            return watcher.Runs.All.All(run => run.Status == RunStatus.Succeeded) ? ExitCode.Done : ExitCode.RunFailed;
        });
        return command;
    }

    private static async Task WatchAsync(Screen screen, Watcher watcher, TimeSpan pause, CancellationToken cancellationToken)
    {
        // What is wrong from the beginning is told at once.
        Show(screen, await watcher.LookAsync(cancellationToken));
        if (!screen.IsTerminal)
        {
            while (!watcher.IsOver)
                await StepAsync(watcher, pause, changed => Show(screen, changed), screen.Note, cancellationToken);
            return;
        }

        await screen.Live.Live(new Text("")).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            const string Hint = "Ctrl+C ends the watch.";
            string note = Hint;
            Draw(live, screen, watcher, watcher.IsOver ? "" : note);
            while (!watcher.IsOver)
            {
                await StepAsync(watcher, pause, _ => note = Hint, trouble => note = trouble, cancellationToken);
                Draw(live, screen, watcher, watcher.IsOver ? "" : note);
            }
        });
    }

    private static void Draw(LiveDisplayContext live, Screen screen, Watcher watcher, string note) =>
        live.UpdateTarget(WatchView.Render(watcher, TimeProvider.System.GetUtcNow(), note, screen.Live.Profile));

    /// <summary>Waits and looks again; an app that is away for a time is no end.</summary>
    private static async Task StepAsync(
        Watcher watcher, TimeSpan pause, Action<IReadOnlyList<Run>> show, Action<string> note, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, cancellationToken);
        try
        {
            show(await watcher.LookAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutException or AppUnavailableException)
        {
            note("The app does not respond. Retrying.");
        }
    }

    private static void Show(Screen screen, IReadOnlyList<Run> changed)
    {
        foreach (Run run in screen.IsTerminal ? [] : changed)
        {
            if (screen.IsJson)
            {
                Screen.WriteJsonLine(run);
                continue;
            }

            string progress = run.Progress is { } now ? $"{Times.Percent(now.Fraction)} {now.Message}".TrimEnd() : "";
            string status = run.Stop is { } stop ? $"{run.Status} ({stop.Reason})" : run.Status.ToString();
            screen.WriteRow(Times.Clock(TimeProvider.System.GetUtcNow()), status, progress, run.Id);
        }
    }
}
