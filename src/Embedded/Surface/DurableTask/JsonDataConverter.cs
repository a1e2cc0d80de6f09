using System.Text.Json;

namespace Microsoft.DurableTask.Converters;

/// <summary>Stores values as JSON, by System.Text.Json.</summary>
public class JsonDataConverter : DataConverter
{
    private readonly JsonSerializerOptions? _options;

    /// <summary>Makes a converter.</summary>
    /// <param name="options">How to write JSON; the serializer's defaults if null.</param>
    public JsonDataConverter(JsonSerializerOptions? options = null) => _options = options;

    /// <summary>A converter with the serializer's defaults: names as they are, enums as numbers.</summary>
    public static JsonDataConverter Default { get; } = new();

    /// <inheritdoc />
    public override string? Serialize(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, value.GetType(), _options);

    /// <inheritdoc />
    public override object? Deserialize(string? data, Type targetType) =>
        data is null ? null : JsonSerializer.Deserialize(data, targetType, _options);
}
