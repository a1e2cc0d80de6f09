using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>
/// The age of a run: which of two was accepted first. Runs accepted at one instant go by their id. In JSON it is one short string,
/// because a gate may remember ten thousand.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="QueuedAt">When it was accepted.</param>
[JsonConverter(typeof(RunAgeJsonConverter))]
internal readonly record struct RunAge(string RunId, DateTimeOffset QueuedAt) : IComparable<RunAge>
{
    /// <summary>Negative when this run is the older one.</summary>
    /// <param name="other">The run to compare with.</param>
    /// <returns>Less than, equal to or more than 0.</returns>
    public int CompareTo(RunAge other)
    {
        int byTime = QueuedAt.CompareTo(other.QueuedAt);
        return byTime != 0 ? byTime : string.CompareOrdinal(RunId, other.RunId);
    }

    /// <summary>Whether the first run is older.</summary>
    public static bool operator <(RunAge left, RunAge right) => left.CompareTo(right) < 0;

    /// <summary>Whether the first run is newer.</summary>
    public static bool operator >(RunAge left, RunAge right) => left.CompareTo(right) > 0;

    /// <summary>Whether the first run is older, or the same.</summary>
    public static bool operator <=(RunAge left, RunAge right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the first run is newer, or the same.</summary>
    public static bool operator >=(RunAge left, RunAge right) => left.CompareTo(right) >= 0;

    internal string ToText() => string.Create(CultureInfo.InvariantCulture, $"{QueuedAt.UtcTicks} {RunId}");

    /// <exception cref="JsonException">The text is not one that <see cref="ToText"/> makes.</exception>
    internal static RunAge FromText(ReadOnlySpan<char> text)
    {
        int space = text.IndexOf(' ');
        return space > 0 && long.TryParse(text[..space], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            ? new RunAge(text[(space + 1)..].ToString(), new DateTimeOffset(ticks, TimeSpan.Zero))
            : throw new JsonException($"\"{text}\" is not the age of a run.");
    }
}

/// <summary>Writes a <see cref="RunAge"/> as its ticks and its run.</summary>
internal sealed class RunAgeJsonConverter : JsonConverter<RunAge>
{
    public override RunAge Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RunAge.FromText(reader.GetString());

    public override void Write(Utf8JsonWriter writer, RunAge value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToText());
}
