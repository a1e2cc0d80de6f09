using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>An instance as the API shows it.</summary>
internal sealed record InstanceStatus(
    string Name,
    string InstanceId,
    string RuntimeStatus,
    JsonElement? Input,
    JsonElement? CustomStatus,
    JsonElement? Output,
    string CreatedTime,
    string LastUpdatedTime)
{
    /// <summary>What happened, in order; left out unless it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonArray? HistoryEvents { get; init; }

    public static InstanceStatus Of(OrchestrationMetadata instance, bool showInput) => new(
        instance.Name,
        instance.InstanceId,
        instance.RuntimeStatus.ToString(),
        showInput ? Json(instance.SerializedInput) : null,
        Json(instance.SerializedCustomStatus),
        OutputOf(instance),
        Time(instance.CreatedAt),
        Time(instance.LastUpdatedAt));

    /// <summary>What an instance returned, or why it failed.</summary>
    public static JsonElement? OutputOf(OrchestrationMetadata instance) => instance.FailureDetails is { } failure
        ? JsonSerializer.SerializeToElement($"{failure.ErrorType}: {failure.ErrorMessage}")
        : Json(instance.SerializedOutput);

    private static JsonElement? Json(string? text) => text is null ? null : Payload.ToElement(text);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
