using System.Text.Json;
using Preempt.Json;

namespace Preempt.Queues;

/// <summary>A message of the queue <c>preempt-commands</c>: <c>{"type": "start" | "cancel" | "event", ...}</c>.</summary>
internal abstract class QueueCommand
{
    private const string Types = "\"start\", \"cancel\" or \"event\"";

    /// <summary>What repeated messages have in common; null for the message's own id.</summary>
    public abstract string? IdempotencyKey { get; }

    /// <summary>Does what the message says. Doing it again does no harm.</summary>
    /// <exception cref="RunException">It cannot be done, now or later.</exception>
    public abstract Task RunAsync(RunClient runs, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidJsonException">It cannot be read; the message says why.</exception>
    public static QueueCommand Read(ReadOnlyMemory<byte> message) => TypeOf(message) switch
    {
        "start" => new StartCommand(StrictJson.Read<StartMessage>(message.Span)),
        "cancel" => new CancelCommand(StrictJson.Read<CancelMessage>(message.Span)),
        "event" => new EventCommand(StrictJson.Read<EventMessage>(message.Span)),
        var other => throw new InvalidJsonException($"type \"{other}\": {Types} is expected."),
    };

    private static string TypeOf(ReadOnlyMemory<byte> message)
    {
        Dictionary<string, JsonElement> members = StrictJson.Read<Dictionary<string, JsonElement>>(message.Span);
        string? name = members.Keys.FirstOrDefault(name => name.Equals("type", StringComparison.OrdinalIgnoreCase));
        return name is not null && members[name] is { ValueKind: JsonValueKind.String } type
            ? type.GetString()!
            : throw new InvalidJsonException($"type: required; {Types} is expected.");
    }

    private sealed record StartMessage : StartRequest
    {
        public required string Type { get; init; }

        public required string Workflow { get; init; }

        public string? IdempotencyKey { get; init; }
    }

    private sealed record CancelMessage : CancelOptions
    {
        public required string Type { get; init; }

        public required string RunId { get; init; }

        public string? IdempotencyKey { get; init; }
    }

    private sealed record EventMessage
    {
        public required string Type { get; init; }

        public required string Name { get; init; }

        public string? RunId { get; init; }

        public JsonElement? Payload { get; init; }

        public string? IdempotencyKey { get; init; }
    }

    private sealed class StartCommand(StartMessage message) : QueueCommand
    {
        public override string? IdempotencyKey => message.IdempotencyKey;

        public override async Task RunAsync(RunClient runs, string idempotencyKey, CancellationToken cancellationToken)
        {
            try
            {
                await runs.StartOnceAsync(message.Workflow, message.Input, idempotencyKey, message, waitWhileDraining: true, cancellationToken);
            }
            catch (RunDeletedException)
            {
                // The message comes again after its run has ended and was deleted: there is nothing left to do.
            }
        }
    }

    private sealed class CancelCommand(CancelMessage message) : QueueCommand
    {
        public override string? IdempotencyKey => message.IdempotencyKey;

        public override async Task RunAsync(RunClient runs, string idempotencyKey, CancellationToken cancellationToken)
        {
            try
            {
                await runs.CancelAsync(message.RunId, message, cancellationToken: cancellationToken);
            }
            catch (RunConflictException)
            {
                // It has ended, or runs and only a queued one was meant: there is nothing to stop, now or when the message comes again.
            }
        }
    }

    private sealed class EventCommand(EventMessage message) : QueueCommand
    {
        public override string? IdempotencyKey => message.IdempotencyKey;

        public override Task RunAsync(RunClient runs, string idempotencyKey, CancellationToken cancellationToken) => message.RunId is { } runId
            ? runs.RaiseEventAsync(runId, message.Name, message.Payload, idempotencyKey, cancellationToken)
            : runs.PublishEventAsync(message.Name, message.Payload, idempotencyKey, cancellationToken);
    }
}
