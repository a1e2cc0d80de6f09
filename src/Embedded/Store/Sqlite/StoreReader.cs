using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>Reads what is committed, on a connection of its own. Not safe for use from two threads at once.</summary>
internal sealed class StoreReader : IDisposable
{
    private const string Instances = """
        SELECT id, name, created_at, input, origin, execution, status, updated_at, custom_status, output, failure
        FROM instance CROSS JOIN state ON state.instance = instance.number
        """;

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

    public InstanceHeader? FindInstance(string instanceId) => FindOne(_instance, instanceId, ReadHeader);

    public EntityRecord? FindEntity(string entityId) => FindOne(_entity, entityId, ReadEntity);

    public List<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter) =>
        List(_instances, prefix, after, limit, ReadHeader, filter);

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
        using Statement unfinished = new(_connection, """
            SELECT id, name, created_at, input, origin, execution, status, updated_at, custom_status, output, failure
            FROM state INDEXED BY unfinished CROSS JOIN instance ON instance.number = state.instance
            WHERE has_ended = 0 ORDER BY state.instance
            """);
        List<InstanceHeader> instances = [.. Rows(unfinished).Select(ReadHeader)];
        using Statement inbox = new(_connection, "SELECT sequence, kind, message FROM inbox ORDER BY sequence");
        foreach (Statement row in Rows(inbox))
        {
            long sequence = row.GetInt64(0);
            if ((MessageKind)row.GetInt64(1) == MessageKind.Delivery)
                deliveries.Add(JsonSerializer.Deserialize(row.GetBytes(2), StoreJson.Delivery)! with { Sequence = sequence });
            else
                requests.Add(JsonSerializer.Deserialize(row.GetBytes(2), StoreJson.Request)! with { Sequence = sequence });
        }

        return new Unfinished(instances, deliveries, requests);
    }

    private static T? FindOne<T>(Statement statement, string id, Func<Statement, T> read)
        where T : class => Rows(statement.SetBytes(1, OrdinalText.Encode(id))).Select(read).FirstOrDefault();

    private static List<T> List<T>(
        Statement statement, string prefix, string? after, int limit, Func<Statement, T> read, Func<T, bool> filter)
    {
        string from = string.CompareOrdinal(after, prefix) > 0 ? after! : prefix;
        byte[] start = OrdinalText.Encode(prefix);
        byte[]? last = after is null ? null : OrdinalText.Encode(after);
        return [.. Rows(statement.SetBytes(1, OrdinalText.Encode(from)))
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

    private static InstanceHeader ReadHeader(Statement row)
    {
        Origin origin = JsonSerializer.Deserialize(row.GetBytes(4), StoreJson.Origin)!;
        return new InstanceHeader
        {
            InstanceId = OrdinalText.Decode(row.GetBytes(0)),
            Name = row.GetText(1),
            CreatedAt = ReadTime(row, 2),
            Input = row.FindText(3),
            Version = origin.Version,
            StartAt = origin.StartAt,
            Parent = origin.Parent,
            Tags = origin.Tags ?? ImmutableDictionary<string, string>.Empty,
            ExecutionId = row.GetText(5),
            Status = (OrchestrationRuntimeStatus)row.GetInt64(6),
            UpdatedAt = ReadTime(row, 7),
            CustomStatus = row.FindText(8),
            Output = row.FindText(9),
            Failure = row.IsNull(10) ? null : JsonSerializer.Deserialize(row.GetBytes(10), StoreJson.Failure),
        };
    }

    private static EntityRecord ReadEntity(Statement row) =>
        new(OrdinalText.Decode(row.GetBytes(0)), row.GetText(1), ReadTime(row, 2));

    private static DateTimeOffset ReadTime(Statement row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

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
