using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>What the number in a row of the inbox says of its message.</summary>
internal enum MessageKind
{
    Delivery,
    Request,
}

/// <summary>Writes commits as rows, in transactions that its owner begins and ends. Used by one thread at a time.</summary>
internal sealed class CommitWriter : IDisposable
{
    private readonly Dictionary<string, long> _live = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly List<Statement> _statements = [];
    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _end;
    private readonly Statement _undo;
    private readonly Statement _findInstance;
    private readonly Statement _addInstance;
    private readonly Statement _addState;
    private readonly Statement _renewInstance;
    private readonly Statement _setState;
    private readonly Statement _removeInstance;
    private readonly Statement _removeState;
    private readonly Statement _addHistory;
    private readonly Statement _clearHistory;
    private readonly Statement _addMessage;
    private readonly Statement _removeMessage;
    private readonly Statement _setEntity;
    private readonly Statement _removeEntity;
    private long _lastInstance;

    public CommitWriter(SqliteConnection connection)
    {
        _connection = connection;
        _json = new Utf8JsonWriter(_buffer, StoreJson.WriterOptions);
        _begin = Prepare("BEGIN IMMEDIATE");
        _end = Prepare("COMMIT");
        _undo = Prepare("ROLLBACK");
        _findInstance = Prepare("SELECT number, status, has_ended FROM instance JOIN state ON state.instance = instance.number WHERE id = ?");
        _addInstance = Prepare(
            "INSERT INTO instance (number, id, name, created_at, input, origin) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");
        _addState = Prepare(
            "INSERT INTO state (instance, execution, status, has_ended, updated_at, custom_status, output, failure) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        _renewInstance = Prepare("UPDATE instance SET name = ?2, created_at = ?3, input = ?4, origin = ?5 WHERE number = ?1");
        _setState = Prepare("""
            UPDATE state SET execution = ?2, status = ?3, has_ended = ?4, updated_at = ?5, custom_status = ?6, output = ?7, failure = ?8
            WHERE instance = ?1
            """);
        _removeInstance = Prepare("DELETE FROM instance WHERE number = ?");
        _removeState = Prepare("DELETE FROM state WHERE instance = ?");
        _addHistory = Prepare("INSERT INTO history (instance, events) VALUES (?, ?)");
        _clearHistory = Prepare("DELETE FROM history WHERE instance = ?");
        _addMessage = Prepare("INSERT INTO inbox (sequence, kind, message) VALUES (?, ?, ?)");
        _removeMessage = Prepare("DELETE FROM inbox WHERE sequence = ?");
        _setEntity = Prepare("""
            INSERT INTO entity (id, state, updated_at) VALUES (?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at
            """);
        _removeEntity = Prepare("DELETE FROM entity WHERE id = ?");
        _lastInstance = ReadLast("SELECT max(number) FROM instance");
        LastSequence = ReadLast("SELECT max(sequence) FROM inbox");
    }

    /// <summary>The highest sequence of a message when the store was opened.</summary>
    public long LastSequence { get; }

    public void Begin() => _begin.Run();

    /// <summary>Makes durable what was written since the beginning.</summary>
    public void End() => _end.Run();

    /// <summary>Drops what was written since the beginning. What it has learned of instances since is wrong from then on.</summary>
    public void Undo() => _undo.Run();

    /// <summary>Writes a commit, and returns null; or writes nothing of it, and returns why.</summary>
    public InstanceKeptException? Write(Commit commit, CommitJson json)
    {
        foreach (InstanceHeader started in commit.Started)
        {
            if (Start(started, commit.Kept) is { } refusal)
                return refusal;
        }

        if (commit.Header is { } header)
            Update(header, commit, json);
        if (commit.Entity is { } entity)
            Set(entity);
        foreach (long sequence in commit.Consumed)
            _removeMessage.Set(1, sequence).Run();
        int message = 0;
        foreach (Delivery delivery in commit.Deliveries)
            Add(delivery.Sequence, MessageKind.Delivery, json.Message(message++));
        foreach (EntityRequest request in commit.Requests)
            Add(request.Sequence, MessageKind.Request, json.Message(message++));
        foreach (string purged in commit.Purged)
            Purge(purged);
        return null;
    }

    /// <summary>Writes an instance that begins; one of the same id that was there before is gone, with its history, unless it is kept.</summary>
    private InstanceKeptException? Start(InstanceHeader header, IReadOnlyList<string> kept)
    {
        long number = _lastInstance + 1;
        if (!TryAdd(number, header))
        {
            string status = Find(header.InstanceId)!.Value.Status.ToString();
            if (kept.Contains(status))
                return new InstanceKeptException(header.InstanceId, status);
            Purge(header.InstanceId);
            TryAdd(number, header);
        }

        _lastInstance = number;
        SetState(_addState, number, header);
        _live[header.InstanceId] = number;
        return null;
    }

    private bool TryAdd(long number, InstanceHeader header)
    {
        _addInstance
            .Set(1, number)
            .SetBytes(2, OrdinalText.Encode(header.InstanceId))
            .Set(3, header.Name)
            .Set(4, header.CreatedAt.UtcTicks)
            .Set(5, header.Input)
            .SetText(6, ToJson(OriginOf(header)));
        return _addInstance.Run() > 0;
    }

    private void Update(InstanceHeader header, Commit commit, CommitJson json)
    {
        if (FindNumber(header.InstanceId) is { } number)
        {
            SetState(_setState, number, header);
        }
        else
        {
            Start(header, []);
            number = _lastInstance;
        }

        if (commit.ResetHistory)
        {
            _clearHistory.Set(1, number).Run();
            _renewInstance
                .Set(1, number)
                .Set(2, header.Name)
                .Set(3, header.CreatedAt.UtcTicks)
                .Set(4, header.Input)
                .SetText(5, ToJson(OriginOf(header)))
                .Run();
        }

        if (commit.History.Count > 0)
            _addHistory.Set(1, number).SetText(2, json.History).Run();
        if (header.HasEnded)
            _live.Remove(header.InstanceId);
        else
            _live[header.InstanceId] = number;
    }

    private void SetState(Statement statement, long number, InstanceHeader header)
    {
        statement
            .Set(1, number)
            .Set(2, header.ExecutionId)
            .Set(3, (long)header.Status)
            .Set(4, header.HasEnded ? 1 : 0)
            .Set(5, header.UpdatedAt.UtcTicks)
            .Set(6, header.CustomStatus)
            .Set(7, header.Output);
        if (header.Failure is { } failure)
            statement.SetText(8, ToJson(failure, StoreJson.Failure));
        else
            statement.Set(8, null);
        statement.Run();
    }

    private static Origin OriginOf(InstanceHeader header) =>
        new(header.Version, header.StartAt, header.Parent, header.Tags.IsEmpty ? null : header.Tags);

    private void Set(EntityRecord entity)
    {
        byte[] id = OrdinalText.Encode(entity.Id);
        if (entity.State is null)
            _removeEntity.SetBytes(1, id).Run();
        else
            _setEntity.SetBytes(1, id).Set(2, entity.State).Set(3, entity.UpdatedAt.UtcTicks).Run();
    }

    private void Add(long sequence, MessageKind kind, ReadOnlySpan<byte> message) =>
        _addMessage.Set(1, sequence).Set(2, (long)kind).SetText(3, message).Run();

    private void Purge(string instanceId)
    {
        if (FindNumber(instanceId) is not { } number)
            return;
        _live.Remove(instanceId);
        _clearHistory.Set(1, number).Run();
        _removeState.Set(1, number).Run();
        _removeInstance.Set(1, number).Run();
    }

    private long? FindNumber(string instanceId) =>
        _live.TryGetValue(instanceId, out long known) ? known : Find(instanceId)?.Number;

    private (long Number, OrchestrationRuntimeStatus Status)? Find(string instanceId)
    {
        try
        {
            return _findInstance.SetBytes(1, OrdinalText.Encode(instanceId)).Step()
                ? (_findInstance.GetInt64(0), StoredHeader.StatusOf(_findInstance.GetInt64(1), hasEnded: _findInstance.GetInt64(2) != 0, out _))
                : null;
        }
        finally
        {
            _findInstance.Reset();
        }
    }

    private ReadOnlySpan<byte> ToJson(Origin origin) => origin == Origin.Plain ? "{}"u8 : ToJson(origin, StoreJson.Origin);

    private ReadOnlySpan<byte> ToJson<T>(T value, JsonTypeInfo<T> type)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        JsonSerializer.Serialize(_json, value, type);
        return _buffer.WrittenSpan;
    }

    private Statement Prepare(string sql)
    {
        Statement statement = new(_connection, sql);
        _statements.Add(statement);
        return statement;
    }

    private long ReadLast(string sql)
    {
        using Statement statement = new(_connection, sql);
        return statement.Step() ? statement.GetInt64(0) : 0;
    }

    public void Dispose()
    {
        _statements.ForEach(statement => statement.Dispose());
        _json.Dispose();
        _connection.Dispose();
    }
}
