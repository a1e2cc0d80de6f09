using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>
/// Reads the row of an instance. The file may be damaged, or another program may have written into it: then the header has what can be
/// read, and says what cannot.
/// </summary>
internal sealed class StoredHeader
{
    /// <summary>The columns of the row, in the order that is read here.</summary>
    public const string Columns =
        "id, name, created_at, input, origin, execution, status, has_ended, updated_at, custom_status, output, failure";

    private readonly Statement _row;
    private readonly string _id;
    private List<string>? _errors;
    private bool _isFatal;

    private StoredHeader(Statement row)
    {
        _row = row;
        _id = OrdinalText.Decode(row.GetBytes(0));
    }

    public static InstanceHeader Read(Statement row) => new StoredHeader(row).Read();

    /// <summary>The status that a row says. One that is none, or not of an instance that has ended or has not, reads as failed or running.</summary>
    public static OrchestrationRuntimeStatus StatusOf(long number, bool hasEnded, out bool isRead)
    {
        OrchestrationRuntimeStatus status = (OrchestrationRuntimeStatus)number;
        isRead = (long)status == number && (hasEnded ? InstanceHeader.IsEnd(status) : IsLive(status));
        if (isRead)
            return status;
        return hasEnded ? OrchestrationRuntimeStatus.Failed : OrchestrationRuntimeStatus.Running;
    }

    private static bool IsLive(OrchestrationRuntimeStatus status) => status
        is OrchestrationRuntimeStatus.Pending
        or OrchestrationRuntimeStatus.Running
        or OrchestrationRuntimeStatus.Suspended;

    private InstanceHeader Read()
    {
        if (_id.Length == 0 || OrdinalText.IsDamaged(_id))
            Note("id", "it is not the text of an id", isFatal: true);
        Origin origin = ReadJson(4, "origin", StoreJson.Origin, FindError, isFatal: true) ?? Origin.Plain;
        OrchestrationRuntimeStatus status = ReadStatus();
        DateTimeOffset? createdAt = ReadTime(2, "time of creation");
        DateTimeOffset? updatedAt = ReadTime(8, "time of the last change");
        return new InstanceHeader
        {
            InstanceId = _id,
            Name = ReadName(1, "name"),
            CreatedAt = createdAt ?? updatedAt ?? DateTimeOffset.UnixEpoch,
            Input = ReadPayload(3, "input", isFatal: true),
            Version = origin.Version,
            StartAt = origin.StartAt,
            Parent = origin.Parent,
            Tags = origin.Tags ?? ImmutableDictionary<string, string>.Empty,
            ExecutionId = ReadName(5, "execution id"),
            Status = status,
            UpdatedAt = updatedAt ?? createdAt ?? DateTimeOffset.UnixEpoch,
            // A turn writes these anew.
            CustomStatus = ReadPayload(9, "custom status", isFatal: false),
            Output = ReadPayload(10, "output", isFatal: false),
            Failure = ReadFailure(status),
            Damage = _errors is null ? null : new HeaderDamage(Message, _isFatal),
        };
    }

    private string Message => $"The instance '{_id}' in the store cannot be read: {string.Join("; ", _errors!)}";

    private OrchestrationRuntimeStatus ReadStatus()
    {
        long number = _row.GetInt64(6);
        bool hasEnded = _row.GetInt64(7) != 0;
        OrchestrationRuntimeStatus status = StatusOf(number, hasEnded, out bool isRead);
        if (!isRead)
            Note("status", $"{number} is none of an instance that {(hasEnded ? "has ended" : "has not ended")}", isFatal: true);
        return status;
    }

    private DateTimeOffset? ReadTime(int column, string what)
    {
        if (StoredTime.Find(_row, column) is { } time)
            return time;
        Note(what, $"{_row.GetInt64(column)} ticks are no time", isFatal: false);
        return null;
    }

    private string ReadName(int column, string what)
    {
        string name = ReadPayload(column, what, isFatal: true) ?? "";
        if (name.Length == 0)
            Note(what, "it is empty", isFatal: true);
        return name;
    }

    /// <summary>The text of a column. What is no UTF-8 in it is replaced by U+FFFD.</summary>
    private string? ReadPayload(int column, string what, bool isFatal)
    {
        if (!_row.IsText(column))
            Note(what, "it is not UTF-8", isFatal);
        return _row.FindText(column);
    }

    /// <summary>Why the instance has failed, which may be that this cannot be read.</summary>
    private TaskFailureDetails? ReadFailure(OrchestrationRuntimeStatus status)
    {
        bool hasFailed = status == OrchestrationRuntimeStatus.Failed;
        if (_row.IsNull(11) && hasFailed)
            Note("failure", "it is missing", isFatal: false);
        TaskFailureDetails? failure = _row.IsNull(11) ? null : ReadJson(11, "failure", StoreJson.Failure, StoredHistory.FindError, isFatal: false);
        return failure is null && hasFailed ? TaskFailureDetails.FromException(new InvalidDataException(Message)) : failure;
    }

    private T? ReadJson<T>(int column, string what, JsonTypeInfo<T> type, Func<T, string?> findError, bool isFatal)
        where T : class
    {
        try
        {
            return StoreJson.Read(_row.GetBytes(column), type, findError);
        }
        catch (InvalidDataException exception)
        {
            Note(what, exception.Message, isFatal);
            return null;
        }
    }

    private static string? FindError(Origin origin) => origin switch
    {
        { Parent: { InstanceId: null } or { Name: null } or { ExecutionId: null } } => "its parent is not whole",
        { Tags: { } tags } when tags.ContainsValue(null!) => "a tag is null",
        _ => null,
    };

    private void Note(string what, string error, bool isFatal)
    {
        (_errors ??= []).Add($"its {what}: {error}");
        _isFatal |= isFatal;
    }
}
