using System.Collections.Concurrent;

namespace Preempt.Embedded.Engine;

/// <summary>The entities in memory: those with something to do, and as many idle ones as the options allow.</summary>
internal sealed class EntityTable(DurableEngine engine)
{
    private readonly ConcurrentDictionary<string, EntityInstance> _entities = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly LinkedList<EntityInstance> _rested = new();
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

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

    /// <summary>
    /// Notes that an entity has nothing to do. When there are too many, one that has had nothing to do for long leaves memory; each is
    /// passed over once for having been used since it was last looked at.
    /// </summary>
    public void Rest(EntityInstance entity)
    {
        // Bounds the time that one turn spends on others.
        const int MaxLooks = 100;

        if (entity.Place is null)
            Queue(entity);
        for (int look = 0; look < MaxLooks && Count > engine.Options.MaxIdleEntities && TakeOldest() is { } oldest; look++)
        {
            if (!oldest.TryGo())
                Queue(oldest);
        }
    }

    private void Queue(EntityInstance entity)
    {
        lock (_lock)
            entity.Place ??= entity.IsGone ? null : _rested.AddLast(entity);
    }

    private EntityInstance? TakeOldest()
    {
        lock (_lock)
        {
            EntityInstance? oldest = _rested.First?.Value;
            if (oldest is not null)
                Unqueue(oldest);
            return oldest;
        }
    }

    private void Unqueue(EntityInstance entity)
    {
        if (entity.Place is not { } place)
            return;
        _rested.Remove(place);
        entity.Place = null;
    }

    public void Forget(string entityId, EntityInstance entity)
    {
        if (_entities.TryRemove(new KeyValuePair<string, EntityInstance>(entityId, entity)))
            Interlocked.Decrement(ref _count);
        lock (_lock)
            Unqueue(entity);
    }
}
