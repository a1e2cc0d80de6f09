using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>Reads a message of the inbox. The file may be damaged, or another program may have written into it.</summary>
internal static class StoredMessage
{
    /// <summary>The columns of the row, in the order that is read here.</summary>
    public const string Columns = "sequence, kind, message";

    /// <summary>Reads a message, and adds it to those of its kind, or, where it cannot be read, to those with what is wrong.</summary>
    public static void Read(Statement row, List<Delivery> deliveries, List<EntityRequest> requests, List<string> unreadable)
    {
        long sequence = row.GetInt64(0);
        long kind = row.GetInt64(1);
        try
        {
            if (kind == (long)MessageKind.Delivery)
                deliveries.Add(StoreJson.Read(row.GetBytes(2), StoreJson.Delivery, FindError) with { Sequence = sequence });
            else if (kind == (long)MessageKind.Request)
                requests.Add(StoreJson.Read(row.GetBytes(2), StoreJson.Request, FindError) with { Sequence = sequence });
            else
                throw new InvalidDataException($"no kind of messages is {kind}");
        }
        catch (InvalidDataException exception)
        {
            unreadable.Add($"Message {sequence} in the store cannot be read, and stays there: {exception.Message}");
        }
    }

    private static string? FindError(Delivery delivery) => delivery switch
    {
        { Target: null } => "it has no target",
        { Event: Decision or TurnStarted } => $"a {delivery.Event.GetType().Name} is no message",
        _ => StoredHistory.FindError(delivery.Event),
    };

    private static string? FindError(EntityRequest request) => request switch
    {
        { Target: null } => "it has no target",
        { Operation: null } => "it has no operation",
        { Caller: { InstanceId: null } or { ExecutionId: null } } => "its caller is not whole",
        _ when EntityIds.Find(request.Target) is null => $"its target '{request.Target}' is no entity",
        _ => null,
    };
}
