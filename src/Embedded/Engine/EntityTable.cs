using System.Collections.Concurrent;

namespace Preempt.Embedded.Engine;

/// <summary>The entities in memory: those with something to do, and as many idle ones as the options allow.</summary>
internal sealed class EntityTable(DurableEngine engine)
{
    private readonly ConcurrentDictionary<string, EntityInstance> _entities = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Whether an entity that has nothing to do had better go.</summary>
    public bool IsFull => Volatile.Read(ref _count) > engine.Options.MaxIdleEntities;

    public void Deliver(EntityRequest request)
    {
        while (!Find(request.Target).TryDeliver(request))
        {
            // The object that was found has just gone out of use; the next one takes the operation.
        }
    }

    private EntityInstance Find(string entityId)
    {
        while (true)
        {
            if (_entities.TryGetValue(entityId, out EntityInstance? found))
                return found;
            EntityInstance added = new(engine, entityId);
            if (!_entities.TryAdd(entityId, added))
                continue;
            Interlocked.Increment(ref _count);
            return added;
        }
    }

    public bool Forget(string entityId, EntityInstance entity)
    {
        bool isForgotten = _entities.TryRemove(new KeyValuePair<string, EntityInstance>(entityId, entity));
        if (isForgotten)
            Interlocked.Decrement(ref _count);
        return isForgotten;
    }
}
