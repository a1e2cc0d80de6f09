using System.Collections.Frozen;
using NodaTime;
using NodaTime.TimeZones;

namespace Preempt;

/// <summary>
/// The clock on the wall in a time zone, except that it never goes back: where that clock is set back, this one stands still until the
/// other has caught up. So every reading comes once and in order: one that is skipped with the first instant after the gap, and one that
/// is shown twice the first time. Readings are local ticks since 0001-01-01T00:00, where it starts.
/// </summary>
/// <remarks>
/// Built on the offset at an instant alone. No zone changes its clock twice within 32 hours, nor back by more than a day. The data is that of
/// the package NodaTime: the machine's own differs from one to the next, and changes under runs that are replayed.
/// </remarks>
/// <param name="Id">The zone's IANA name.</param>
/// <param name="Known">What was known of the zone once; null for what is known here.</param>
internal sealed record ZoneClock(string Id, ZoneOffsets? Known = null)
{
    private const string UtcId = "UTC";
    private const long LargestOffset = 16 * TimeSpan.TicksPerHour;

    private static readonly FrozenSet<string> Ids = DateTimeZoneProviders.Tzdb.Ids.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The clock that is never changed.</summary>
    public static ZoneClock Utc { get; } = new(UtcId);

    /// <summary>The clock of a zone with an IANA name, in its own spelling; null where there is none.</summary>
    public static ZoneClock? Find(string name)
    {
        if (name.Equals(UtcId, StringComparison.OrdinalIgnoreCase)) return Utc;
        return Ids.Contains(name) ? new(name) : null;
    }

    /// <summary>The same clock by what was known of its zone once.</summary>
    public ZoneClock As(FixedZones? zones) => zones?.Find(Id) is { } known ? this with { Known = known } : this;

    /// <summary>Says that there is no such zone.</summary>
    public static string NoZone(string name) =>
        $"there is no time zone {Excerpt.Of(name)}; write an IANA name such as \"Europe/Paris\"";

    /// <summary>The zone at the end of a text form: nothing for UTC.</summary>
    public string Suffix => Id == UtcId ? "" : $" {Id}";

    /// <summary>What the clock shows.</summary>
    public long Read(DateTimeOffset instant)
    {
        long now = instant.UtcTicks;
        long dayBefore = now - TimeSpan.TicksPerDay;
        long reading = Math.Max(now + OffsetAt(now), 0);
        if (OffsetAt(dayBefore) <= OffsetAt(now)) return reading;

        long highest = ChangeBetween(dayBefore, now) - 1 + OffsetAt(dayBefore);
        return Math.Max(reading, highest);
    }

    /// <summary>The first instant, UTC, at which the clock shows a reading or a later one; null outside the years 1 to 9999.</summary>
    public DateTimeOffset? FirstInstant(long reading)
    {
        long earliest = reading - LargestOffset;
        long latest = reading + LargestOffset;
        long first = reading - OffsetAt(earliest);
        if (OffsetAt(earliest) != OffsetAt(latest))
        {
            long change = ChangeBetween(earliest, latest);
            if (first >= change) first = Math.Max(change, reading - OffsetAt(latest));
        }

        return first >= 0 && first <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset(first, TimeSpan.Zero) : null;
    }

    /// <summary>The first tick with the later of two offsets.</summary>
    private long ChangeBetween(long earlier, long later)
    {
        long offset = OffsetAt(earlier);
        while (later - earlier > 1)
        {
            long middle = earlier + ((later - earlier) / 2);
            if (OffsetAt(middle) == offset) earlier = middle;
            else later = middle;
        }

        return later;
    }

    private long OffsetAt(long utcTicks)
    {
        long possible = Math.Clamp(utcTicks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
        return Known?.OffsetAt(possible) ?? Zone(Id).GetUtcOffset(InstantAt(possible)).Ticks;
    }

    /// <summary>What is known here of a zone, from an instant on.</summary>
    public ZoneOffsets Describe(DateTimeOffset from, DateTimeOffset to)
    {
        ZoneInterval[] intervals = [.. Zone(Id).GetZoneIntervals(InstantAt(from.UtcTicks), InstantAt(to.UtcTicks))];
        return new ZoneOffsets(
            intervals[0].WallOffset.Seconds,
            [.. intervals.Skip(1).Select(interval => new ZoneChange(interval.Start.ToUnixTimeSeconds(), interval.WallOffset.Seconds))]);
    }

    private static DateTimeZone Zone(string id) => DateTimeZoneProviders.Tzdb[id];

    private static Instant InstantAt(long utcTicks) => Instant.FromUnixTimeTicks(utcTicks - DateTime.UnixEpoch.Ticks);
}
