using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>JSON for an <see cref="EndCondition"/>: its text form, written canonically.</summary>
public sealed class EndConditionJsonConverter : JsonConverter<EndCondition>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">The value is not an end condition; the message says why and what is accepted.</exception>
    public override EndCondition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException("an end condition is text such as \"weekend Europe/Paris\"");
        return EndCondition.TryParse(reader.GetString(), out EndCondition? condition, out string? error)
            ? condition
            : throw new JsonException(error);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EndCondition value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(value.ToString());
    }
}
