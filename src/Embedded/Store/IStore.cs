using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store;

/// <summary>Where the engine's state lives. Safe for use from many threads.</summary>
internal interface IStore
{
    /// <summary>
    /// Makes the commit durable, then calls <paramref name="done"/>, from any thread: with null, or with what went wrong, and then
    /// nothing of it is there. Gives the commit's messages their sequences. Commits take effect one after the other, in the order
    /// of the calls. What an instance was started with is written when it starts and when its history is reset. A commit that is not
    /// to replace an ended instance, and would, is refused with an <see cref="InstanceKeptException"/>: that concerns no other.
    /// </summary>
    void Commit(Commit commit, Action<Exception?> done);

    InstanceHeader? FindInstance(string instanceId);

    IReadOnlyList<HistoryEvent> ReadHistory(string instanceId);

    EntityRecord? FindEntity(string entityId);

    /// <summary>Up to <paramref name="limit"/> headers in id order, after the id <paramref name="after"/> if given, that pass.</summary>
    IReadOnlyList<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter);

    /// <summary>Up to <paramref name="limit"/> entities in id order, after the id <paramref name="after"/> if given, that pass.</summary>
    IReadOnlyList<EntityRecord> ListEntities(string prefix, string? after, int limit, Func<EntityRecord, bool> filter);

    /// <summary>
    /// What a process that starts must take up: instances that have not ended, in the order of their starts, and messages that
    /// nobody has taken, in the order of their sequences.
    /// </summary>
    Unfinished ReadUnfinished();
}

/// <summary>The work that a stopped or killed process left behind.</summary>
/// <param name="Instances">Instances that have not ended.</param>
/// <param name="Deliveries">Messages to orchestrations.</param>
/// <param name="Requests">Messages to entities.</param>
/// <param name="Unreadable">What is wrong with each message that cannot be read; it stays in the store.</param>
internal sealed record Unfinished(
    IReadOnlyList<InstanceHeader> Instances,
    IReadOnlyList<Delivery> Deliveries,
    IReadOnlyList<EntityRequest> Requests,
    IReadOnlyList<string> Unreadable);
