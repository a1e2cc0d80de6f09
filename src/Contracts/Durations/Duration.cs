using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>
/// A length of time as people write it: zero to 3650 days in steps of 100 ns, or <see cref="Never"/>. The type of every timeout,
/// grace and delay.
/// </summary>
/// <remarks>
/// Text forms, all case-insensitive: numbers with units (<c>"1h30m"</c>, <c>"1.5h"</c>, <c>"1 hour 30 minutes"</c>; the units are ms, s,
/// m, h, d and w, or their names), ISO 8601 without years and months (<c>"PT1H30M"</c>, <c>"P2W"</c>), a clock reading
/// (<c>"00:10:00"</c>, <c>"1.02:00:00.5"</c>: days, hours, minutes, seconds) and <c>"never"</c>. In JSON also a number, of seconds.
/// Fractions finer than 100 ns are rounded.
/// </remarks>
/// <example><code>workflow.Timeout("10 minutes");</code></example>
[JsonConverter(typeof(DurationJsonConverter))]
public readonly record struct Duration : IComparable<Duration>
{
    /// <summary>The longest finite duration, in ticks of 100 ns.</summary>
    internal const long MaxTicks = 3650 * TimeSpan.TicksPerDay;

    internal static readonly TimeSpan LongestValue = new(MaxTicks);

    private const long NeverTicks = long.MaxValue;

    private readonly long _ticks;

    private Duration(long ticks) => _ticks = ticks;

    /// <summary>No end: a timeout that never fires. Longer than every other duration.</summary>
    public static Duration Never { get; } = new(NeverTicks);

    /// <summary>Whether this is <see cref="Never"/>.</summary>
    public bool IsNever => _ticks == NeverTicks;

    /// <summary>The length of time. Ask <see cref="IsNever"/> first.</summary>
    /// <exception cref="InvalidOperationException">This is <see cref="Never"/>.</exception>
    public TimeSpan Value => IsNever
        ? throw new InvalidOperationException("the duration \"never\" has no value; ask IsNever first")
        : TimeSpan.FromTicks(_ticks);

    /// <summary>A duration of so many seconds, rounded to 100 ns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, not finite, or longer than 3650 days.</exception>
    public static Duration FromSeconds(double seconds)
    {
        double ticks = Math.Round(seconds * TimeSpan.TicksPerSecond);
        return ticks is >= 0 and <= MaxTicks
            ? new((long)ticks)
            : throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "a duration has 0 to 315360000 seconds (3650 days)");
    }

    /// <summary>A duration of the same length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or longer than 3650 days.</exception>
    public static Duration FromTimeSpan(TimeSpan value) => value.Ticks is >= 0 and <= MaxTicks
        ? new(value.Ticks)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "a duration has 0 to 3650 days; Duration.Never has no end");

    /// <summary>Reads a duration from any of its text forms.</summary>
    /// <exception cref="FormatException">It is not a duration; the message says what is wrong, where, and what is accepted.</exception>
    public static Duration Parse(string text) => TryParse(text, out Duration duration, out string? error)
        ? duration
        : throw new FormatException(error);

    /// <summary>Reads a duration from any of its text forms, without an exception where the text is not one.</summary>
    /// <param name="text">The text; null is an error like empty text.</param>
    /// <param name="duration">The duration, or zero after an error.</param>
    /// <param name="error">What is wrong, where, and what is accepted; null when the text is a duration.</param>
    public static bool TryParse(string? text, out Duration duration, [NotNullWhen(false)] out string? error)
    {
        DurationParser parser = new(text ?? "");
        parser.Read(out duration);
        error = parser.Error;
        return error is null;
    }

    /// <summary>The shorter of two durations.</summary>
    public static Duration Min(Duration left, Duration right) => left <= right ? left : right;

    /// <summary>Makes a <see cref="TimeSpan"/> usable where a duration is asked for; see <see cref="FromTimeSpan"/>.</summary>
    public static implicit operator Duration(TimeSpan value) => FromTimeSpan(value);

    /// <summary>Makes text usable where a duration is asked for; see <see cref="Parse"/>, also for its errors.</summary>
    public static implicit operator Duration(string? text) => Parse(text!);

    /// <summary>Whether one duration is shorter than another.</summary>
    public static bool operator <(Duration left, Duration right) => left.CompareTo(right) < 0;

    /// <summary>Whether one duration is longer than another.</summary>
    public static bool operator >(Duration left, Duration right) => left.CompareTo(right) > 0;

    /// <summary>Whether one duration is no longer than another.</summary>
    public static bool operator <=(Duration left, Duration right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one duration is no shorter than another.</summary>
    public static bool operator >=(Duration left, Duration right) => left.CompareTo(right) >= 0;

    /// <summary>Orders by length; <see cref="Never"/> comes last.</summary>
    public int CompareTo(Duration other) => _ticks.CompareTo(other._ticks);

    /// <summary>
    /// The canonical text, such as <c>"1h30m"</c>, <c>"1d2h"</c>, <c>"0.5ms"</c>, <c>"0s"</c> or <c>"never"</c>. It parses back to the
    /// same value.
    /// </summary>
    public override string ToString()
    {
        if (IsNever) return "never";
        if (_ticks == 0) return "0s";

        StringBuilder text = new();
        Append(Value.Days, "d");
        Append(Value.Hours, "h");
        Append(Value.Minutes, "m");
        Append(Value.Seconds, "s");
        Append((decimal)(_ticks % TimeSpan.TicksPerSecond) / TimeSpan.TicksPerMillisecond, "ms");
        return text.ToString();

        void Append(decimal number, string unit)
        {
            if (number > 0) text.Append(CultureInfo.InvariantCulture, $"{number:0.####}{unit}");
        }
    }

    /// <summary>A duration of so many ticks of 100 ns, rounded; false where a duration cannot be that short or long.</summary>
    internal static bool TryFromTicks(decimal ticks, out Duration duration)
    {
        bool valid = ticks is >= 0 and <= MaxTicks;
        duration = valid ? new((long)Math.Round(ticks, MidpointRounding.AwayFromZero)) : default;
        return valid;
    }
}
