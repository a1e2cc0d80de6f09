namespace Preempt.Embedded.Engine;

/// <summary>
/// What waits in an orchestration's inbox. <paramref name="ExecutionId"/> names the execution that it answers, or null where
/// any will do; <paramref name="Sequence"/> is the message's place in the store, 0 when it is not stored.
/// </summary>
internal sealed record Delivery(string Target, HistoryEvent Event, string? ExecutionId = null, long Sequence = 0);

/// <summary>The orchestration that waits for an entity's answer.</summary>
internal sealed record EntityCaller(string InstanceId, string ExecutionId, int TaskId);

/// <summary>
/// An operation that waits in an entity's inbox; a signal has no caller. <paramref name="Sender"/> is the orchestration that sent it, as long as
/// the process lives; null where a client or an entity did.
/// </summary>
internal sealed record EntityRequest(
    string Target,
    string Operation,
    string? Input,
    EntityCaller? Caller = null,
    DateTimeOffset? NotBefore = null,
    long Sequence = 0,
    string? Sender = null);

/// <summary>What an entity is between operations.</summary>
internal sealed record EntityRecord(string Id, string? State, DateTimeOffset UpdatedAt)
{
    /// <summary>Names the entity, and says why its state cannot be read; null where it is whole. Not stored.</summary>
    public string? Damage { get; init; }
}
