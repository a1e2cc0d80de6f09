using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>
/// JSON for a <see cref="Duration"/>: written as its canonical text, read from any of its text forms or from a number of seconds.
/// </summary>
public sealed class DurationJsonConverter : JsonConverter<Duration>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">The value is not a duration; the message says why and what is accepted.</exception>
    public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => ReadText(reader.GetString()),
        JsonTokenType.Number => ReadSeconds(ref reader),
        _ => throw new JsonException("a duration is text such as \"1h30m\", or a number of seconds"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }

    private static Duration ReadText(string? text) => Duration.TryParse(text, out Duration duration, out string? error)
        ? duration
        : throw new JsonException(error);

    private static Duration ReadSeconds(ref Utf8JsonReader reader) =>
        reader.TryGetDecimal(out decimal seconds)
        && seconds is >= 0 and <= Duration.MaxTicks
        && Duration.TryFromTicks(seconds * TimeSpan.TicksPerSecond, out Duration duration)
            ? duration
            : throw new JsonException("a duration in seconds is a number from 0 to 315360000 (3650 days)");
}
