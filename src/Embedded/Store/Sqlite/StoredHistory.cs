using Microsoft.DurableTask;
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
            return StoreJson.Read(json, StoreJson.Events, static events => events.Select(FindError).FirstOrDefault(static error => error is not null));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The history of '{instanceId}' in the store cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>What an event lacks; null where it is whole.</summary>
    public static string? FindError(HistoryEvent? happened) => happened switch
    {
        null => "an event is null",
        TaskScheduled { Name: null } or ChildStarted { Name: null } or EventSent { Name: null } or EventRaised { Name: null } => Lacks(happened, "name"),
        ChildStarted { InstanceId: null } => Lacks(happened, "instance"),
        EventSent { Target: null } => Lacks(happened, "target"),
        EntityCalled { Entity: null } or EntitySignaled { Entity: null } => Lacks(happened, "entity"),
        EntityCalled { Operation: null } or EntitySignaled { Operation: null } => Lacks(happened, "operation"),
        EntityCalled { RequestId: null } => Lacks(happened, "request id"),
        TaskFailed { Failure: null } => Lacks(happened, "failure"),
        TaskFailed failed => FindError(failed.Failure),
        _ => null,
    };

    /// <summary>What a failure lacks, or one that it comes from; null where it is whole.</summary>
    public static string? FindError(TaskFailureDetails failure) => failure switch
    {
        { ErrorType: null } or { ErrorMessage: null } => "a failure has no type, or no message",
        { InnerFailure: { } inner } => FindError(inner),
        _ => null,
    };

    private static string Lacks(HistoryEvent happened, string what) => $"a {happened.GetType().Name} has no {what}";
}
