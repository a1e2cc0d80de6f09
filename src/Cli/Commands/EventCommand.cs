using System.CommandLine;
using System.Text.Json;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt event</c>.</summary>
internal static class EventCommand
{
    public static Command Create()
    {
        Argument<string> name = new("event") { Description = "The event's name." };
        Option<string?> run = new("--run") { Description = "Send the event to this run; without it, the event is published." };
        Option<string?> data = new("--data", "-d") { Description = "The payload: JSON, @file, or - for the standard input." };
        Option<string?> idempotencyKey = CommonOptions.IdempotencyKey("The event takes effect only once for this key, also when the command is repeated.");
        const string Description =
            "Publish an event: start the workflows that are subscribed to it, and stop the runs that end on it. With --run, send it to one run.";
        Command command = new("event", Description)
        {
            name, run, data, idempotencyKey,
        };
        CliCall.Handle(command, async call =>
        {
            JsonElement? payload = await JsonInput.ReadAsync(call.Get(data), "--data", call.CancellationToken);
            if (call.Get(run) is { } id)
            {
                Show(call.Screen, await RunIds.ChangeAsync(
                    call, id, whole => call.Client.RaiseEventAsync(whole, call.Get(name), payload, call.Get(idempotencyKey), call.CancellationToken)));
            }
            else
            {
                string once = call.Get(idempotencyKey) ?? Guid.NewGuid().ToString("N");
                PublishedEvent published = await call.Client.PublishEventAsync(call.Get(name), payload, once, call.CancellationToken);
                await ShowAsync(call, published);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(Screen screen, Run run)
    {
        if (screen.IsJson)
            Screen.WriteJson(run);
        else
            screen.WriteLine($"Sent to {run.Id}.");
    }

    private static async Task ShowAsync(CliCall call, PublishedEvent published)
    {
        if (published.OperationId is { } id)
        {
            // The answer has only those that were told in its first seconds.
            Operation told = await BulkRun.FinishAsync(call, await call.Client.GetOperationAsync(id, call.CancellationToken));
            published = published with { StoppedCount = told.Done };
        }

        if (call.Screen.IsJson)
        {
            Screen.WriteJson(published);
            return;
        }

        foreach (Run started in published.Started)
            call.Screen.WriteRow("started", started.Id);
        foreach (string stopped in published.Stopped)
            call.Screen.WriteRow("stopped", stopped);
        call.Screen.Note(published is { Started: [], StoppedCount: 0 }
            ? "The event started no run and stopped none."
            : $"The event started {Count(published.Started.Length)} and stopped {Count(published.StoppedCount)}.");
        if (published.StoppedCount > published.Stopped.Length)
            call.Screen.Note($"Only the first {published.Stopped.Length} stopped runs are listed; see operation {published.OperationId}.");
    }

    private static string Count(int runs) => runs == 1 ? "1 run" : $"{runs} runs";
}
