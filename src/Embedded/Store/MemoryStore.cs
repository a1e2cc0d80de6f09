using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store;

/// <summary>State that lives as long as this object: for tests and demos. An engine that starts on it recovers as from a disk.</summary>
internal sealed class MemoryStore : IStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoredInstance> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EntityRecord> _entities = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _instanceIds = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _entityIds = new(StringComparer.Ordinal);
    private readonly Dictionary<long, object> _inbox = [];
    private long _lastSequence;
    private long _lastStart;

    public void Commit(Commit commit, Action<Exception?> done)
    {
        InstanceKeptException? refusal;
        lock (_lock)
        {
            refusal = Refuse(commit);
            if (refusal is null)
                Apply(commit);
        }

        done(refusal);
    }

    private InstanceKeptException? Refuse(Commit commit)
    {
        if (commit.Kept.Count == 0 || commit.Started is not [var started] || !_instances.TryGetValue(started.InstanceId, out StoredInstance? stored))
            return null;
        string status = stored.Header!.Status.ToString();
        return commit.Kept.Contains(status) ? new InstanceKeptException(started.InstanceId, status) : null;
    }

    private void Apply(Commit commit)
    {
        foreach (InstanceHeader started in commit.Started)
        {
            StoredInstance stored = Put(started);
            stored.History.Clear();
            stored.Start = ++_lastStart;
        }

        if (commit.Header is { } header)
        {
            StoredInstance stored = Put(header);
            if (commit.ResetHistory)
                stored.History.Clear();
            stored.History.AddRange(commit.History);
        }

        if (commit.Entity is { } entity)
            Put(entity);

        foreach (long sequence in commit.Consumed)
            _inbox.Remove(sequence);
        for (int i = 0; i < commit.Deliveries.Count; i++)
            _inbox.Add(++_lastSequence, commit.Deliveries[i] = commit.Deliveries[i] with { Sequence = _lastSequence });
        for (int i = 0; i < commit.Requests.Count; i++)
            _inbox.Add(++_lastSequence, commit.Requests[i] = commit.Requests[i] with { Sequence = _lastSequence });

        foreach (string purged in commit.Purged)
        {
            _instances.Remove(purged);
            _instanceIds.Remove(purged);
        }
    }

    private StoredInstance Put(InstanceHeader header)
    {
        if (!_instances.TryGetValue(header.InstanceId, out StoredInstance? stored))
        {
            _instances.Add(header.InstanceId, stored = new StoredInstance { Start = ++_lastStart });
            _instanceIds.Add(header.InstanceId);
        }

        stored.Header = header;
        return stored;
    }

    private void Put(EntityRecord entity)
    {
        if (entity.State is null)
        {
            _entities.Remove(entity.Id);
            _entityIds.Remove(entity.Id);
            return;
        }

        _entities[entity.Id] = entity;
        _entityIds.Add(entity.Id);
    }

    public InstanceHeader? FindInstance(string instanceId)
    {
        lock (_lock)
            return _instances.GetValueOrDefault(instanceId)?.Header;
    }

    public IReadOnlyList<HistoryEvent> ReadHistory(string instanceId)
    {
        lock (_lock)
            return _instances.TryGetValue(instanceId, out StoredInstance? stored) ? [.. stored.History] : [];
    }

    public EntityRecord? FindEntity(string entityId)
    {
        lock (_lock)
            return _entities.GetValueOrDefault(entityId);
    }

    public IReadOnlyList<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter)
    {
        lock (_lock)
            return [.. Range(_instanceIds, prefix, after).Select(id => _instances[id].Header!).Where(filter).Take(limit)];
    }

    public IReadOnlyList<EntityRecord> ListEntities(string prefix, string? after, int limit, Func<EntityRecord, bool> filter)
    {
        lock (_lock)
            return [.. Range(_entityIds, prefix, after).Select(id => _entities[id]).Where(filter).Take(limit)];
    }

    private static IEnumerable<string> Range(SortedSet<string> ids, string prefix, string? after)
    {
        string from = string.CompareOrdinal(after, prefix) > 0 ? after! : prefix;
        if (ids.Max is not { } last || string.CompareOrdinal(from, last) > 0)
            return [];
        return ids.GetViewBetween(from, last).TakeWhile(id => id.StartsWith(prefix, StringComparison.Ordinal)).Where(id => id != after);
    }

    public Unfinished ReadUnfinished()
    {
        lock (_lock)
        {
            List<object> inbox = [.. _inbox.OrderBy(message => message.Key).Select(message => message.Value)];
            return new Unfinished(
                [.. _instances.Values.Where(stored => !stored.Header!.HasEnded).OrderBy(stored => stored.Start).Select(stored => stored.Header!)],
                [.. inbox.OfType<Delivery>()],
                [.. inbox.OfType<EntityRequest>()],
                []);
        }
    }

    private sealed class StoredInstance
    {
        public InstanceHeader? Header { get; set; }

        /// <summary>Its place in the order of starts.</summary>
        public long Start { get; set; }

        public List<HistoryEvent> History { get; } = [];
    }
}
