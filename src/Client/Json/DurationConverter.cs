using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Preempt.Client.Json;

/// <summary>
/// Durations as the app writes them, such as <c>1h30m</c> or <c>never</c>; here the latter is <see cref="Timeout.InfiniteTimeSpan"/>.
/// </summary>
internal sealed partial class DurationConverter : JsonConverter<TimeSpan>
{
    private const string Never = "never";

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        if (text == Never)
            return Timeout.InfiniteTimeSpan;
        if (text.Length == 0 || Canonical().Match(text) is not { Success: true } match)
            throw new JsonException("A duration such as \"1h30m\" or \"never\" is expected.");
        decimal ticks = Part(match, "d", TimeSpan.TicksPerDay) + Part(match, "h", TimeSpan.TicksPerHour)
            + Part(match, "m", TimeSpan.TicksPerMinute) + Part(match, "s", TimeSpan.TicksPerSecond)
            + Part(match, "ms", TimeSpan.TicksPerMillisecond);
        return ticks <= long.MaxValue ? TimeSpan.FromTicks((long)ticks) : throw new JsonException("The duration is too long.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(ToText(value));

    /// <summary>A duration as the app reads it.</summary>
    public static string ToText(TimeSpan value)
    {
        if (value == Timeout.InfiniteTimeSpan)
            return Never;
        if (value == TimeSpan.Zero)
            return "0s";
        decimal milliseconds = (decimal)(value.Ticks % TimeSpan.TicksPerSecond) / TimeSpan.TicksPerMillisecond;
        (decimal Number, string Unit)[] parts =
            [(value.Days, "d"), (value.Hours, "h"), (value.Minutes, "m"), (value.Seconds, "s"), (milliseconds, "ms")];
        return string.Concat(parts.Where(part => part.Number != 0)
            .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Number:0.####}{part.Unit}")));
    }

    private static decimal Part(Match match, string unit, long ticks) =>
        match.Groups[unit] is { Success: true } group ? decimal.Parse(group.Value, CultureInfo.InvariantCulture) * ticks : 0;

    [GeneratedRegex(@"^((?<d>\d{1,8})d)?((?<h>\d{1,8})h)?((?<m>\d{1,8})m(?!s))?((?<s>\d{1,8})s)?((?<ms>\d{1,8}(\.\d{1,4})?)ms)?$")]
    private static partial Regex Canonical();
}
