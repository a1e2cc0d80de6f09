using System.Text.Json;
using System.Text.Json.Serialization;
using DurableTask.Core.Command;

namespace Preempt.Embedded.Engine;

/// <summary>
/// What an orchestration sends to an entity, as the Durable Task SDK writes it: an event to the instance <c>@name@key</c>, its data JSON.
/// The time that the SDK adds is of the real clock, and is left out.
/// </summary>
internal sealed record EntityMessage
{
    /// <summary>The name of the operation; null in a request for locks.</summary>
    [JsonPropertyName("op")]
    public string? Operation { get; init; }

    /// <summary>Whether nobody waits for an answer.</summary>
    [JsonPropertyName("signal")]
    public bool IsSignal { get; init; }

    /// <summary>JSON, or null.</summary>
    [JsonPropertyName("input")]
    public string? Input { get; init; }

    /// <summary>The name of the event that answers it.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>When a scheduled signal is due, UTC.</summary>
    [JsonPropertyName("due")]
    public DateTime? Due { get; init; }

    /// <summary>Whether an event is for an entity.</summary>
    public static bool IsFor(SendEventOrchestratorAction sent) => sent.Instance?.InstanceId is ['@', ..];

    /// <summary>The decision that the message is.</summary>
    public static Decision Read(SendEventOrchestratorAction sent)
    {
        EntityMessage message = JsonSerializer.Deserialize(sent.EventData ?? "", EntityMessageJson.Default.EntityMessage)!;
        string entity = sent.Instance!.InstanceId;
        string operation = message.Operation ?? throw new NotSupportedException("A request for entity locks was sent.");
        return message.IsSignal
            ? new EntitySignaled(sent.Id, entity, operation, message.Input, message.Due is { } due ? new DateTimeOffset(due, TimeSpan.Zero) : null)
            : new EntityCalled(sent.Id, entity, operation, message.Input, message.Id);
    }
}

/// <summary>The answer to a call of an entity, as the Durable Task SDK reads it.</summary>
internal sealed record EntityAnswer
{
    /// <summary>JSON, or null.</summary>
    [JsonPropertyName("result")]
    public string? Result { get; init; }

    /// <summary>What went wrong, in words; the SDK takes an answer for a failure by this.</summary>
    [JsonPropertyName("exceptionType")]
    public string? ErrorMessage { get; init; }

    /// <summary>What went wrong.</summary>
    [JsonPropertyName("failureDetails")]
    public EntityFailure? Failure { get; init; }

    /// <summary>The answer as JSON.</summary>
    public static string? Write(HistoryEvent answer) => JsonSerializer.Serialize(
        answer switch
        {
            TaskCompleted completed => new EntityAnswer { Result = completed.Result },
            TaskFailed failed => new EntityAnswer { ErrorMessage = failed.Failure.ErrorMessage, Failure = EntityFailure.Of(failed.Failure) },
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, null),
        },
        EntityMessageJson.Default.EntityAnswer);
}

/// <summary>A failure in an <see cref="EntityAnswer"/>.</summary>
internal sealed record EntityFailure(string ErrorType, string ErrorMessage, string? StackTrace, EntityFailure? InnerFailure)
{
    public static EntityFailure Of(Microsoft.DurableTask.TaskFailureDetails failure) => new(
        failure.ErrorType, failure.ErrorMessage, failure.StackTrace, failure.InnerFailure is { } inner ? Of(inner) : null);
}

[JsonSerializable(typeof(EntityMessage))]
[JsonSerializable(typeof(EntityAnswer))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class EntityMessageJson : JsonSerializerContext;
