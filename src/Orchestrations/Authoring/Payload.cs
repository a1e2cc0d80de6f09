using System.Text.Json;
using System.Text.Json.Serialization;
using Preempt.Json;

namespace Preempt;

/// <summary>How inputs and outputs of workflows and steps are written as JSON: camelCase, enums by name.</summary>
internal static class Payload
{
    /// <summary>How deep a payload may be nested: the engine wraps it, and can read 64 levels.</summary>
    private const int MaxDepth = 32;

    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        MaxDepth = MaxDepth,
    };

    /// <summary>For what comes from outside: nothing that the type says must be there may be missing or null.</summary>
    public static readonly JsonSerializerOptions StrictOptions = new(Options)
    {
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static JsonElement? ToJson<T>(T value) => value is null ? null : JsonSerializer.SerializeToElement(value, Options);

    /// <exception cref="JsonException">The JSON is not of that type.</exception>
    public static T Read<T>(JsonElement? json) => IsNothing(json) ? Nothing<T>(default(T) is null) : json!.Value.Deserialize<T>(Options)!;

    /// <summary>Reads what comes from outside.</summary>
    /// <exception cref="JsonException">The JSON is not of that type, or lacks something.</exception>
    public static T ReadStrictly<T>(JsonElement? json) => IsNothing(json)
        ? Nothing<T>(Nullable.GetUnderlyingType(typeof(T)) is not null || typeof(T) == typeof(object))
        : json!.Value.Deserialize<T>(StrictOptions)!;

    private static bool IsNothing(JsonElement? json) => json is null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined };

    private static T Nothing<T>(bool isAllowed) =>
        isAllowed ? default! : throw new JsonException($"{JsonMistake.Expected(typeof(T))} is expected, but there is no value.");
}
