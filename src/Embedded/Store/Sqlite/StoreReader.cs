using Microsoft.Data.Sqlite;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>Reads what is committed, on a connection of its own. Not safe for use from two threads at once.</summary>
internal sealed class StoreReader : IDisposable
{
    private const string Instances =
        $"SELECT {StoredHeader.Columns} FROM instance CROSS JOIN state ON state.instance = instance.number";

    private readonly SqliteConnection _connection;
    private readonly Statement _instance;
    private readonly Statement _instances;
    private readonly Statement _history;
    private readonly Statement _entity;
    private readonly Statement _entities;

    public StoreReader(SqliteConnection connection)
    {
        _connection = connection;
        _instance = new Statement(connection, $"{Instances} WHERE id = ?");
        _instances = new Statement(connection, $"{Instances} WHERE id >= ? ORDER BY id");
        _history = new Statement(connection, """
            SELECT events FROM history JOIN instance ON instance.number = history.instance WHERE id = ? ORDER BY history.number
            """);
        _entity = new Statement(connection, "SELECT id, state, updated_at FROM entity WHERE id = ?");
        _entities = new Statement(connection, "SELECT id, state, updated_at FROM entity WHERE id >= ? ORDER BY id");
    }

    public InstanceHeader? FindInstance(string instanceId) => FindOne(_instance, instanceId, StoredHeader.Read);

    public EntityRecord? FindEntity(string entityId) => FindOne(_entity, entityId, ReadEntity);

    public List<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter) =>
        List(_instances, prefix, after, limit, StoredHeader.Read, filter);

    public List<EntityRecord> ListEntities(string prefix, string? after, int limit, Func<EntityRecord, bool> filter) =>
        List(_entities, prefix, after, limit, ReadEntity, filter);

    /// <exception cref="InvalidDataException">What is stored is no history.</exception>
    public List<HistoryEvent> ReadHistory(string instanceId)
    {
        List<HistoryEvent> history = [];
        foreach (Statement row in Rows(_history.SetBytes(1, OrdinalText.Encode(instanceId))))
            history.AddRange(StoredHistory.Read(row.GetBytes(0), instanceId));
        return history;
    }

    public Unfinished ReadUnfinished()
    {
        List<Delivery> deliveries = [];
        List<EntityRequest> requests = [];
        List<string> unreadable = [];
        using Statement unfinished = new(_connection, $"""
            SELECT {StoredHeader.Columns}
            FROM state INDEXED BY unfinished CROSS JOIN instance ON instance.number = state.instance
            WHERE has_ended = 0 ORDER BY state.instance
            """);
        List<InstanceHeader> instances = [.. Rows(unfinished).Select(StoredHeader.Read)];
        using Statement inbox = new(_connection, $"SELECT {StoredMessage.Columns} FROM inbox ORDER BY sequence");
        foreach (Statement row in Rows(inbox))
            StoredMessage.Read(row, deliveries, requests, unreadable);
        return new Unfinished(instances, deliveries, requests, unreadable);
    }

    private static T? FindOne<T>(Statement statement, string id, Func<Statement, T> read)
        where T : class => Rows(statement.SetBytes(1, OrdinalText.Encode(id))).Select(read).FirstOrDefault();

    private static List<T> List<T>(
        Statement statement, string prefix, string? after, int limit, Func<Statement, T> read, Func<T, bool> filter)
    {
        byte[] start = OrdinalText.Encode(prefix);
        byte[]? last = after is null ? null : OrdinalText.Encode(after);
        byte[] from = last is not null && last.AsSpan().SequenceCompareTo(start) > 0 ? last : start;
        return [.. Rows(statement.SetBytes(1, from))
            .TakeWhile(row => row.GetBytes(0).StartsWith(start))
            .Where(row => last is null || !row.GetBytes(0).SequenceEqual(last))
            .Select(read)
            .Where(filter)
            .Take(limit)];
    }

    private static IEnumerable<Statement> Rows(Statement statement)
    {
        try
        {
            while (statement.Step())
                yield return statement;
        }
        finally
        {
            statement.Reset();
        }
    }

    private static EntityRecord ReadEntity(Statement row)
    {
        string id = OrdinalText.Decode(row.GetBytes(0));
        return new EntityRecord(id, row.GetText(1), StoredTime.Find(row, 2) ?? DateTimeOffset.UnixEpoch)
        {
            Damage = row.IsText(1) ? null : $"The state of the entity '{id}' in the store cannot be read: it is not UTF-8",
        };
    }

    public void Dispose()
    {
        _instance.Dispose();
        _instances.Dispose();
        _history.Dispose();
        _entity.Dispose();
        _entities.Dispose();
        _connection.Dispose();
    }
}
