using System.Globalization;

namespace Preempt;

/// <summary>Reads times of the day, time zones and instants, as parts of an end condition's text.</summary>
internal static class InstantParser
{
    private const int MaxDecimals = 7;

    /// <summary>Reads <c>hh:mm</c>, perhaps with seconds and their fraction.</summary>
    /// <returns>Ticks since midnight: less than a day, or exactly one where 24:00 may stand.</returns>
    /// <exception cref="FormatException">There is no such time.</exception>
    public static long ReadTime(TextCursor cursor, bool mayEndDay)
    {
        cursor.SkipSpace();
        int start = cursor.Position;
        long ticks = ReadField(cursor, "hours", mayEndDay ? 24 : 23) * TimeSpan.TicksPerHour;
        cursor.Expect(':', "a time is hh:mm, as in 08:00");
        ticks += ReadField(cursor, "minutes", 59) * TimeSpan.TicksPerMinute;
        if (cursor.TrySkip(":"))
        {
            ticks += ReadField(cursor, "seconds", 59) * TimeSpan.TicksPerSecond;
            if (cursor.TrySkip(".")) ticks += ReadFraction(cursor);
        }

        return ticks <= TimeSpan.TicksPerDay ? ticks : throw cursor.Failure(start, "a day ends at 24:00");
    }

    /// <summary>Reads the name of a time zone; where none stands, it is UTC.</summary>
    /// <exception cref="FormatException">There is no such zone.</exception>
    public static ZoneClock ReadZone(TextCursor cursor)
    {
        string name = cursor.PeekWord();
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]) || name.ToUpperInvariant() is "AND" or "OR") return ZoneClock.Utc;

        ZoneClock clock = ZoneClock.Find(name)
            ?? throw cursor.Failure(cursor.Position, $"{ZoneClock.NoZone(name)}, or go on with \"and\" or \"or\"");
        cursor.Position += name.Length;
        return clock;
    }

    /// <summary>Reads a date, a time, and an offset from UTC or a zone. A time that the zone skips is the end of the gap, one that it
    /// shows twice is the first.</summary>
    /// <exception cref="FormatException">There is no such instant.</exception>
    public static DateTimeOffset ReadInstant(TextCursor cursor)
    {
        cursor.SkipSpace();
        int start = cursor.Position;
        long reading = ReadDate(cursor).ToDateTime(TimeOnly.MinValue).Ticks;
        if (cursor.Current is 'T' or 't') cursor.Advance();
        else cursor.SkipSpace();
        if (!char.IsAsciiDigit(cursor.Current)) throw cursor.Unexpected("after the date comes a time, as in \"2026-12-24T18:00\"");
        reading += ReadTime(cursor, mayEndDay: false);

        cursor.SkipSpace();
        DateTimeOffset? instant = cursor.Current is '+' or '-'
            ? ZoneClock.Utc.FirstInstant(reading - ReadOffset(cursor))
            : (cursor.TrySkipWord("Z") ? ZoneClock.Utc : ReadZone(cursor)).FirstInstant(reading);
        return instant ?? throw cursor.Failure(start, "in UTC, that is not in the years 1 to 9999");
    }

    private static DateOnly ReadDate(TextCursor cursor)
    {
        int start = cursor.Position;
        string date = cursor.ReadWhile(character => char.IsAsciiDigit(character) || character == '-');
        return DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly read)
            ? read
            : throw cursor.Failure(start, "here stands a date that exists, yyyy-mm-dd, as in \"2026-12-24T18:00\"");
    }

    private static long ReadOffset(TextCursor cursor)
    {
        int sign = cursor.Current == '-' ? -1 : 1;
        cursor.Advance();
        int start = cursor.Position;
        long ticks = ReadField(cursor, "hours", 14) * TimeSpan.TicksPerHour;
        cursor.Expect(':', "an offset is hh:mm, as in +02:00");
        ticks += ReadField(cursor, "minutes", 59) * TimeSpan.TicksPerMinute;
        return ticks <= 14 * TimeSpan.TicksPerHour ? sign * ticks : throw cursor.Failure(start, "an offset is 14:00 at most");
    }

    private static long ReadField(TextCursor cursor, string name, int max)
    {
        int start = cursor.Position;
        string digits = cursor.ReadWhile(char.IsAsciiDigit);
        return digits.Length == 2 && int.Parse(digits, CultureInfo.InvariantCulture) is var number && number <= max
            ? number
            : throw cursor.Failure(start, $"here stand {name}, two digits, 00 to {max}");
    }

    private static long ReadFraction(TextCursor cursor)
    {
        int start = cursor.Position;
        string digits = cursor.ReadWhile(char.IsAsciiDigit);
        return digits.Length is > 0 and <= MaxDecimals
            ? long.Parse(digits.PadRight(MaxDecimals, '0'), CultureInfo.InvariantCulture)
            : throw cursor.Failure(start, $"a second has 1 to {MaxDecimals} decimals after the dot");
    }
}
