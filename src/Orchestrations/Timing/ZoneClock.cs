namespace Preempt;

/// <summary>
/// The clock on the wall in a time zone, except that it never goes back: where that clock is set back, this one stands still until the
/// other has caught up. So every reading comes once and in order: one that is skipped with the first instant after the gap, and one that
/// is shown twice the first time. Readings are local ticks since 0001-01-01T00:00, where it starts.
/// </summary>
/// <remarks>
/// Built on the offset at an instant alone, the one thing that <see cref="TimeZoneInfo"/> knows for all changes of clocks, also those that
/// are not daylight saving. No zone changes its clock twice within 28 hours, nor back by more than a day.
/// </remarks>
internal sealed record ZoneClock(TimeZoneInfo Zone)
{
    private const long LargestOffset = 14 * TimeSpan.TicksPerHour;

    /// <summary>The clock that is never changed.</summary>
    public static ZoneClock Utc { get; } = new(TimeZoneInfo.Utc);

    /// <summary>The clock of a zone with an IANA name, in its own spelling; null where there is none.</summary>
    /// <remarks>
    /// IANA's names begin with a capital. What does not is some other file of the time zone database, such as <c>localtime</c>, which
    /// depends on the machine. A different case is found or not depending on the system and on what was looked up before.
    /// </remarks>
    public static ZoneClock? Find(string name)
    {
        if (name.Equals(Utc.Zone.Id, StringComparison.OrdinalIgnoreCase)) return Utc;
        bool isKnown = TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) && zone.Id == name;
        return isKnown && char.IsAsciiLetterUpper(name[0]) ? new(zone!) : null;
    }

    /// <summary>Says that there is no such zone.</summary>
    public static string NoZone(string name) =>
        $"there is no time zone {Excerpt.Of(name)} on this machine; write an IANA name such as \"Europe/Paris\"";

    /// <summary>The zone at the end of a text form: nothing for UTC.</summary>
    public string Suffix => Zone.Id == Utc.Zone.Id ? "" : $" {Zone.Id}";

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
        return Zone.GetUtcOffset(new DateTime(possible, DateTimeKind.Utc)).Ticks;
    }
}
