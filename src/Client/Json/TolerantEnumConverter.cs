using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt.Client.Json;

/// <summary>Reads an enum by name. A name of a newer app is the first member, Unknown, so that an older client reads on.</summary>
internal sealed class TolerantEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException($"A {typeof(T).Name} is text.");
        string text = reader.GetString()!;
        return Array.IndexOf(Enum.GetNames<T>(), text) >= 0 ? Enum.Parse<T>(text) : default;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
