using System.Text.Json;
using Preempt.Functions.Http;

namespace Preempt.Functions.Queues;

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
    /// <exception cref="ProblemException">It cannot be read; the detail says why.</exception>
    public static QueueCommand Read(ReadOnlyMemory<byte> message) => TypeOf(message) switch
    {
        "start" => new StartCommand(Api.ReadJson<StartMessage>(message)),
        "cancel" => new CancelCommand(Api.ReadJson<CancelMessage>(message)),
        "event" => new EventCommand(Api.ReadJson<EventMessage>(message)),
        var other => throw Api.Invalid($"type \"{other}\": {Types} is expected."),
    };

    private static string TypeOf(ReadOnlyMemory<byte> message)
    {
        Dictionary<string, JsonElement> members = Api.ReadJson<Dictionary<string, JsonElement>>(message);
        string? name = members.Keys.FirstOrDefault(name => name.Equals("type", StringComparison.OrdinalIgnoreCase));
        return name is not null && members[name] is { ValueKind: JsonValueKind.String } type
            ? type.GetString()!
            : throw Api.Invalid($"type: required; {Types} is expected.");
    }

    private sealed record StartMessage : StartBody
    {
        public required string Type { get; init; }

        public required string Workflow { get; init; }

        public string? IdempotencyKey { get; init; }
    }

    private sealed record CancelMessage : CancelBody
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

        public override Task RunAsync(RunClient runs, string idempotencyKey, CancellationToken cancellationToken) =>
            runs.StartOnceAsync(message.Workflow, message.Input, idempotencyKey, message.ToOptions() with { WaitWhileDraining = true }, cancellationToken);
    }

    private sealed class CancelCommand(CancelMessage message) : QueueCommand
    {
        public override string? IdempotencyKey => message.IdempotencyKey;

        public override async Task RunAsync(RunClient runs, string idempotencyKey, CancellationToken cancellationToken)
        {
            try
            {
                await runs.CancelAsync(message.RunId, message.ToOptions(), cancellationToken);
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
            ? runs.RaiseEventAsync(runId, message.Name, message.Payload, cancellationToken)
            : runs.PublishEventAsync(message.Name, message.Payload, idempotencyKey, cancellationToken);
    }
}
