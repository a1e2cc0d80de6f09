using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>A run that waits for a slot. In JSON it is one short string, because a gate may remember ten thousand.</summary>
/// <param name="Age">The run.</param>
/// <param name="Priority">The higher, the sooner.</param>
/// <param name="Key">Its key, where a gate serves several.</param>
[JsonConverter(typeof(GateWaiterJsonConverter))]
public readonly record struct GateWaiter(RunAge Age, int Priority, string? Key = null) : IComparable<GateWaiter>
{
    /// <summary>Negative when this run gets a slot before the other.</summary>
    /// <param name="other">The run to compare with.</param>
    /// <returns>Less than, equal to or more than 0.</returns>
    public int CompareTo(GateWaiter other)
    {
        int byPriority = other.Priority.CompareTo(Priority);
        return byPriority != 0 ? byPriority : Age.CompareTo(other.Age);
    }

    /// <summary>Whether the first run gets a slot sooner.</summary>
    public static bool operator <(GateWaiter left, GateWaiter right) => left.CompareTo(right) < 0;

    /// <summary>Whether the first run gets a slot later.</summary>
    public static bool operator >(GateWaiter left, GateWaiter right) => left.CompareTo(right) > 0;

    /// <summary>Whether the first run gets a slot sooner, or is the same.</summary>
    public static bool operator <=(GateWaiter left, GateWaiter right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the first run gets a slot later, or is the same.</summary>
    public static bool operator >=(GateWaiter left, GateWaiter right) => left.CompareTo(right) >= 0;
}

/// <summary>Writes a <see cref="GateWaiter"/> as its priority, its age and its key; neither of the first two has a space at an end.</summary>
internal sealed class GateWaiterJsonConverter : JsonConverter<GateWaiter>
{
    private const char Separator = ' ';

    public override GateWaiter Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ReadOnlySpan<char> text = reader.GetString();
        int afterPriority = text.IndexOf(Separator);
        if (afterPriority < 1 || !int.TryParse(text[..afterPriority], CultureInfo.InvariantCulture, out int priority))
            throw new JsonException($"\"{text}\" is not a run that waits.");
        ReadOnlySpan<char> rest = text[(afterPriority + 1)..];
        int afterTicks = rest.IndexOf(Separator);
        int run = rest[(afterTicks + 1)..].IndexOf(Separator);
        return run < 0
            ? new GateWaiter(RunAge.FromText(rest), priority)
            : new GateWaiter(RunAge.FromText(rest[..(afterTicks + 1 + run)]), priority, rest[(afterTicks + 2 + run)..].ToString());
    }

    public override void Write(Utf8JsonWriter writer, GateWaiter value, JsonSerializerOptions options)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{value.Priority}{Separator}{value.Age.ToText()}");
        writer.WriteStringValue(value.Key is null ? text : text + Separator + value.Key);
    }
}
