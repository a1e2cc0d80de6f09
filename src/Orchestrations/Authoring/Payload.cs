using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>How inputs and outputs of workflows and steps are written as JSON: camelCase, enums by name.</summary>
internal static class Payload
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    public static JsonElement? ToJson<T>(T value) => value is null ? null : JsonSerializer.SerializeToElement(value, Options);

    public static T Read<T>(JsonElement? json) => (T)Read(json, typeof(T))!;

    /// <exception cref="JsonException">The JSON is not of that type.</exception>
    public static object? Read(JsonElement? json, Type type) =>
        json is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } element
            ? element.Deserialize(type, Options)
            : type.IsValueType && Nullable.GetUnderlyingType(type) is null
                ? throw new JsonException($"A value of type {type.Name} is required.")
                : null;
}
