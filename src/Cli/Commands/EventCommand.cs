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
        Option<string?> run = new("--run") { Description = "The run that is sent the event; without it, all whom the event concerns." };
        Option<string?> data = new("--data", "-d") { Description = "What the event says: JSON, @file, or - for the standard input." };
        Option<string?> idempotencyKey = CommonOptions.IdempotencyKey("A key for which it starts, and is told to, whomever it concerns only once.");
        const string Description =
            "Publish an event, which starts the workflows subscribed to it and stops the runs that end on it; or send it to one run.";
        Command command = new("event", Description)
        {
            name, run, data, idempotencyKey,
        };
        CliCall.Handle(command, async call =>
        {
            JsonElement? payload = await JsonInput.ReadAsync(call.Get(data), "--data", call.CancellationToken);
            if (call.Get(run) is { } id)
            {
                Show(call.Screen, await call.Client.RaiseEventAsync(id, call.Get(name), payload, call.Get(idempotencyKey), call.CancellationToken));
            }
            else
            {
                string once = call.Get(idempotencyKey) ?? Guid.NewGuid().ToString("N");
                Show(call.Screen, await call.Client.PublishEventAsync(call.Get(name), payload, once, call.CancellationToken));
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

    private static void Show(Screen screen, PublishedEvent published)
    {
        if (screen.IsJson)
        {
            Screen.WriteJson(published);
            return;
        }

        foreach (Run started in published.Started)
            screen.WriteRow("started", started.Id);
        foreach (string stopped in published.Stopped)
            screen.WriteRow("stopped", stopped);
        if (published.StoppedCount > published.Stopped.Length)
            screen.Note($"{published.StoppedCount} runs have been told so far: see operation {published.OperationId}.");
        if (screen.IsTerminal && published is { Started: [], Stopped: [] })
            screen.Note("The event concerns nobody.");
    }
}
