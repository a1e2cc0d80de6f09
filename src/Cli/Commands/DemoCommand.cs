using System.CommandLine;
using Preempt.Cli.Output;
using Spectre.Console;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt demo</c>: a newer message of one user stops the work on the older one.</summary>
internal static class DemoCommand
{
    private const string Workflow = "chat-reply";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        Command command = new("demo", "Play a short story against the app: a newer message stops the work on the older one.");
        CliCall.Handle(command, PlayAsync);
        return command;
    }

    private static async Task<ExitCode> PlayAsync(CliCall call)
    {
        if ((await call.Client.ListWorkflowsAsync(call.CancellationToken)).All(workflow => workflow.Name != Workflow))
            throw new UsageException($"The demo needs the sample workflow \"{Workflow}\", and this app does not have it.");
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
        limit.CancelAfter(Limit);
        string user = $"demo-{Guid.NewGuid().ToString("N")[..8]}";

        Tell(call, $"{user} asks: What is a monad? The answer takes 10 seconds of thought.");
        Run older = await StartAsync(call, user, "What is a monad?", 10, limit.Token);
        Tell(call, $"  run {older.Id} starts");
        older = await WatchAsync(call, older, run => run.Progress?.Fraction >= 0.2, limit.Token);

        Tell(call, $"{user} asks again: Never mind. What is a monoid?");
        Run newer = await StartAsync(call, user, "Never mind. What is a monoid?", 2, limit.Token);
        Tell(call, $"  run {newer.Id} starts; each user has one run at a time, and the newest wins");
        older = await WatchAsync(call, older, run => run.Status.IsTerminal(), limit.Token);
        newer = await WatchAsync(call, newer, run => run.Status.IsTerminal(), limit.Token);
        Conclude(call, older, newer);
        return older.Stop?.SupersededBy == newer.Id && newer.Status == RunStatus.Succeeded ? ExitCode.Done : ExitCode.RunFailed;
    }

    private static Task<Run> StartAsync(CliCall call, string user, string message, double seconds, CancellationToken cancellationToken) =>
        call.Client.StartAsync(Workflow, new { userId = user, message, seconds }, cancellationToken: cancellationToken);

    /// <summary>Watches a run until something holds; in a terminal with a bar.</summary>
    private static async Task<Run> WatchAsync(CliCall call, Run run, Func<Run, bool> isDone, CancellationToken cancellationToken)
    {
        if (!call.Screen.IsTerminal)
            return await PollAsync(call, run, isDone, _ => { }, cancellationToken);
        return await call.Screen.Live.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async progress =>
            {
                ProgressTask bar = progress.AddTask("  thinking");
                return await PollAsync(call, run, isDone, now => bar.Value = 100 * (now.Progress?.Fraction ?? 0), cancellationToken);
            });
    }

    private static async Task<Run> PollAsync(
        CliCall call, Run run, Func<Run, bool> isDone, Action<Run> show, CancellationToken cancellationToken)
    {
        while (!isDone(run) && !run.Status.IsTerminal())
        {
            await Task.Delay(Pause, cancellationToken);
            run = await call.Client.GetAsync(run.Id, cancellationToken);
            show(run);
        }

        return run;
    }

    private static void Conclude(CliCall call, Run older, Run newer)
    {
        if (call.Screen.IsJson)
        {
            Screen.WriteJson(new Story(older, newer));
            return;
        }

        Tell(call, "What happened:");
        call.Screen.WriteLine("  the older run is ", new Piece(older.Status.ToString(), RunColors.Of(older.Status)), HowItEnded(older));
        call.Screen.WriteLine("  the newer run is ", new Piece(newer.Status.ToString(), RunColors.Of(newer.Status)), Answer(newer));
        if (newer.StartedAt is { } started && older.EndedAt is { } ended)
            Tell(call, $"  the newer one began {Times.Of(started - ended)} after the older one had ended: they never ran together");
        Tell(call, $"Look closer: preempt get {older.Id}");
    }

    private static string HowItEnded(Run older) => older is { Stop: { } stop, Steps: [.., { EndedAt: { } ended, Name: var step }] }
        ? $" ({stop.Reason}): its step \"{step}\" ended {Times.Of(ended - stop.RequestedAt)} after the run was told to stop"
        : "";

    private static string Answer(Run newer) => newer.Output is { ValueKind: System.Text.Json.JsonValueKind.String } output
        ? $": \"{output.GetString()}\""
        : "";

    private static void Tell(CliCall call, string text)
    {
        if (!call.Screen.IsJson)
            call.Screen.WriteLine(text);
    }

    private sealed record Story(Run Older, Run Newer);
}
