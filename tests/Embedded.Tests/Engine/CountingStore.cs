using System.Collections.Concurrent;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Counts what is asked of a store.</summary>
internal sealed class CountingStore(IStore store) : IStore
{
    private int _reads;

    /// <summary>Commits, oldest first.</summary>
    public ConcurrentQueue<Commit> Commits { get; } = new();

    /// <summary>Histories, instances and entities read.</summary>
    public int Reads => _reads;

    /// <summary>How often each entity was read.</summary>
    public ConcurrentDictionary<string, int> EntityReads { get; } = new();

    public void Commit(Commit commit, Action<Exception?> done)
    {
        Commits.Enqueue(commit);
        store.Commit(commit, done);
    }

    public InstanceHeader? FindInstance(string instanceId)
    {
        Interlocked.Increment(ref _reads);
        return store.FindInstance(instanceId);
    }

    public IReadOnlyList<HistoryEvent> ReadHistory(string instanceId)
    {
        Interlocked.Increment(ref _reads);
        return store.ReadHistory(instanceId);
    }

    public EntityRecord? FindEntity(string entityId)
    {
        Interlocked.Increment(ref _reads);
        EntityReads.AddOrUpdate(entityId, 1, static (_, reads) => reads + 1);
        return store.FindEntity(entityId);
    }

    public IReadOnlyList<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter) =>
        store.ListInstances(prefix, after, limit, filter);

    public IReadOnlyList<EntityRecord> ListEntities(string prefix, string? after, int limit, Func<EntityRecord, bool> filter) =>
        store.ListEntities(prefix, after, limit, filter);

    public Unfinished ReadUnfinished() => store.ReadUnfinished();
}
