using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Preempt;

/// <summary>A run that waits for a slot. In JSON it is one short string, because a gate may remember ten thousand.</summary>
/// <param name="Age">The run.</param>
/// <param name="Priority">The higher, the sooner.</param>
/// <param name="Key">Its key, where a gate serves several.</param>
/// <param name="AsksAt">Of a throttle: when it has been told to ask again, UTC.</param>
/// <param name="Workflow">Its workflow, where workflows share the gate.</param>
[JsonConverter(typeof(WaiterStateJsonConverter))]
internal readonly record struct WaiterState(RunAge Age, int Priority, string? Key = null, DateTimeOffset? AsksAt = null, string? Workflow = null) : IComparable<WaiterState>
{
    /// <summary>Negative when this run gets a slot before the other.</summary>
    /// <param name="other">The run to compare with.</param>
    /// <returns>Less than, equal to or more than 0.</returns>
    public int CompareTo(WaiterState other)
    {
        int byPriority = other.Priority.CompareTo(Priority);
        return byPriority != 0 ? byPriority : Age.CompareTo(other.Age);
    }

    /// <summary>Whether the first run gets a slot sooner.</summary>
    public static bool operator <(WaiterState left, WaiterState right) => left.CompareTo(right) < 0;

    /// <summary>Whether the first run gets a slot later.</summary>
    public static bool operator >(WaiterState left, WaiterState right) => left.CompareTo(right) > 0;

    /// <summary>Whether the first run gets a slot sooner, or is the same.</summary>
    public static bool operator <=(WaiterState left, WaiterState right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the first run gets a slot later, or is the same.</summary>
    public static bool operator >=(WaiterState left, WaiterState right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// Writes a <see cref="WaiterState"/> as its priority, with <c>@</c> and a time and with <c>~</c> and a workflow where it has these, its age and its key; none but the
/// key has spaces. Works on the bytes of the JSON: a gate with ten thousand waiters is read and written at each of its operations.
/// </summary>
internal sealed class WaiterStateJsonConverter : JsonConverter<WaiterState>
{
    /// <summary>Room for a run id, a key of <see cref="KeyTemplate.MaxKeyLength"/> and two numbers, as UTF-8.</summary>
    private const int MaxBytes = 2048;

    private const byte Separator = (byte)' ';
    private const byte BeforeTime = (byte)'@';
    private const byte BeforeWorkflow = (byte)'~';

    public override WaiterState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("A run that waits is written as text.");
        return reader.HasValueSequence || reader.ValueIsEscaped
            ? Read(Encoding.UTF8.GetBytes(reader.GetString()!))
            : Read(reader.ValueSpan);
    }

    private static WaiterState Read(ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out int priority, out int index))
            throw NotAWaiter(text);
        DateTimeOffset? asksAt = ReadTime(text, ref index);
        string? workflow = ReadWorkflow(text, ref index);
        if (!IsSeparator(text, index))
            throw NotAWaiter(text);
        ReadOnlySpan<byte> age = text[(index + 1)..];
        if (!Utf8Parser.TryParse(age, out long ticks, out int afterTicks) || !IsSeparator(age, afterTicks))
            throw NotAWaiter(text);
        ReadOnlySpan<byte> run = age[(afterTicks + 1)..];
        int afterRun = run.IndexOf(Separator);
        string? key = afterRun < 0 ? null : Encoding.UTF8.GetString(run[(afterRun + 1)..]);
        string runId = Encoding.UTF8.GetString(afterRun < 0 ? run : run[..afterRun]);
        return new WaiterState(new RunAge(runId, new DateTimeOffset(ticks, TimeSpan.Zero)), priority, key, asksAt, workflow);
    }

    private static DateTimeOffset? ReadTime(ReadOnlySpan<byte> text, ref int index)
    {
        if (index >= text.Length || text[index] != BeforeTime)
            return null;
        if (!Utf8Parser.TryParse(text[(index + 1)..], out long ticks, out int length) || ticks < 0 || ticks > DateTime.MaxValue.Ticks)
            throw NotAWaiter(text);
        index += 1 + length;
        return new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private static string? ReadWorkflow(ReadOnlySpan<byte> text, ref int index)
    {
        if (index >= text.Length || text[index] != BeforeWorkflow)
            return null;
        int length = text[(index + 1)..].IndexOf(Separator);
        if (length <= 0)
            throw NotAWaiter(text);
        string workflow = Encoding.UTF8.GetString(text.Slice(index + 1, length));
        index += 1 + length;
        return workflow;
    }

    private static bool IsSeparator(ReadOnlySpan<byte> text, int index) => index < text.Length && text[index] == Separator;

    private static JsonException NotAWaiter(ReadOnlySpan<byte> text) => new($"\"{Encoding.UTF8.GetString(text)}\" is not a run that waits.");

    public override void Write(Utf8JsonWriter writer, WaiterState value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[MaxBytes];
        IFormatProvider plain = CultureInfo.InvariantCulture;
        (int priority, long ticks, string runId) = (value.Priority, value.Age.QueuedAt.UtcTicks, value.Age.RunId);
        int length = 0;
        bool fits = (value.Key, value.AsksAt, value.Workflow) switch
        {
            (null, null, null) => Utf8.TryWrite(text, plain, $"{priority} {ticks} {runId}", out length),
            ({ } key, null, null) => Utf8.TryWrite(text, plain, $"{priority} {ticks} {runId} {key}", out length),
            _ => Utf8.TryWrite(text, plain, $"{priority}{TimeOf(value)}{WorkflowOf(value)} {ticks} {runId}{KeyOf(value)}", out length),
        };
        if (!fits)
            throw new JsonException($"Run \"{runId}\" and its key are too long.");
        writer.WriteStringValue(text[..length]);
    }

    private static string TimeOf(WaiterState value) =>
        value.AsksAt is { UtcTicks: var ticks } ? string.Create(CultureInfo.InvariantCulture, $"{(char)BeforeTime}{ticks}") : "";

    private static string WorkflowOf(WaiterState value) => value.Workflow is { } workflow ? $"{(char)BeforeWorkflow}{workflow}" : "";

    private static string KeyOf(WaiterState value) => value.Key is { } key ? $" {key}" : "";
}
