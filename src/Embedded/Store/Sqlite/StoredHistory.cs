using System.Text.Json;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>Reads what the store has of a history: the events of a turn, as JSON. The file may be damaged, or another program may have written into it.</summary>
internal static class StoredHistory
{
    /// <summary>Reads the events of one row.</summary>
    /// <param name="json">The row.</param>
    /// <param name="instanceId">Whose history it is, for the error.</param>
    /// <exception cref="InvalidDataException">It holds something else; the message names the instance, and says what is wrong.</exception>
    public static List<HistoryEvent> Read(ReadOnlySpan<byte> json, string instanceId)
    {
        try
        {
            List<HistoryEvent> events = JsonSerializer.Deserialize(json, StoreJson.Events) ?? throw new JsonException("it is null");
            foreach (HistoryEvent? happened in events)
            {
                if (FindError(happened) is { } error)
                    throw new JsonException(error);
            }

            return events;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"The history of '{instanceId}' in the store cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>What an event lacks; null where it is whole.</summary>
    private static string? FindError(HistoryEvent? happened) => happened switch
    {
        null => "an event is null",
        TaskScheduled { Name: null } or ChildStarted { Name: null } or EventSent { Name: null } or EventRaised { Name: null } => Lacks(happened, "name"),
        ChildStarted { InstanceId: null } => Lacks(happened, "instance"),
        EventSent { Target: null } => Lacks(happened, "target"),
        EntityCalled { Entity: null } or EntitySignaled { Entity: null } => Lacks(happened, "entity"),
        EntityCalled { Operation: null } or EntitySignaled { Operation: null } => Lacks(happened, "operation"),
        EntityCalled { RequestId: null } => Lacks(happened, "request id"),
        TaskFailed { Failure: null or { ErrorType: null } or { ErrorMessage: null } } => Lacks(happened, "failure"),
        _ => null,
    };

    private static string Lacks(HistoryEvent happened, string what) => $"a {happened.GetType().Name} has no {what}";
}
