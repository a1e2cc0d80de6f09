using System.Globalization;
using System.Text;

namespace Preempt;

/// <summary>Reads the text forms of a <see cref="Duration"/>, once over the text; the first thing wrong is the error.</summary>
internal ref struct DurationParser(string text)
{
    private const string Accepted =
        "write it like \"1h30m\", \"500ms\", \"2 days\", \"PT1H30M\" (ISO 8601), \"00:10:00\" (hh:mm:ss) or \"never\"";

    private readonly int _start = text.Length - text.AsSpan().TrimStart().Length;
    private readonly int _end = text.AsSpan().TrimEnd().Length;
    private int _position;
    private decimal _ticks;

    /// <summary>What is wrong with the text, and where; null as long as nothing is.</summary>
    public string? Error { get; private set; }

    private readonly bool AtEnd => _position >= _end;

    private readonly char Current => AtEnd ? '\0' : text[_position];

    /// <summary>Reads the whole text; after an <see cref="Error"/> the duration is zero, and the answer false.</summary>
    public bool Read(out Duration duration)
    {
        duration = default;
        _position = _start;
        if (AtEnd) return Fail(_position, $"there is no text; {Accepted}");
        if (Current is '+' or '-' or '−') return Fail(_position, $"a duration has no sign; {Accepted}");

        ReadOnlySpan<char> trimmed = text.AsSpan(_start, _end - _start);
        if (trimmed.Equals("never", StringComparison.OrdinalIgnoreCase))
        {
            duration = Duration.Never;
            return true;
        }

        bool read = Current is 'P' or 'p' ? ReadIso() : IsClock() ? ReadClock() : ReadUnits();
        return read && (Duration.TryFromTicks(_ticks, out duration) || FailTooLong(_start));
    }

    /// <summary>
    /// Numbers with units, in any order: <c>1h30m</c>, <c>1.5 hours</c>, <c>1d, 5h and 10m</c>; after days and weeks perhaps a clock reading:
    /// <c>1 day 00:00:05</c>.
    /// </summary>
    private bool ReadUnits()
    {
        HashSet<long> seen = [];
        for (; !AtEnd; SkipSpace())
        {
            if (seen.Count > 0) SkipSeparators();
            int start = _position;
            if (seen.Count > 0 && IsClock())
                return seen.Min() >= TimeSpan.TicksPerDay ? ReadTime() : Fail(start, "a clock reading follows days and weeks alone, as in \"1 day 00:00:05\"");
            if (!ReadNumber(out decimal number)) return false;
            string digits = text[start.._position];

            SkipSpace();
            int unitStart = _position;
            while (char.IsLetter(Current)) _position++;
            string unit = text[unitStart.._position];

            if (unit.Length == 0) return IsNumberNext() ? Fail(start, NeedsUnit(digits)) : FailUnexpected(NeedsUnit(digits));
            if (TicksOfUnit(unit) is not long unitTicks)
                return Fail(unitStart, $"there is no unit {Excerpt.Of(unit)}; the units are us, ms, s, m, h, d and w");
            if (!seen.Add(unitTicks)) return Fail(unitStart, $"the unit \"{unit}\" comes twice; give each unit once, as in \"1h30m\"");
            if (!Add(number, unitTicks)) return FailTooLong(start);
        }

        return true;
    }

    /// <summary>ISO 8601: <c>PT1H30M</c>, <c>P1DT2H</c>, <c>P2W</c>; units from large to small, and a fraction only at the end.</summary>
    private bool ReadIso()
    {
        const string Example = "as in \"P1DT2H\" or \"PT1H30M\"";
        _position++;
        bool inTime = false;
        long previousUnit = long.MaxValue;
        do
        {
            if (!inTime && Current is 'T' or 't')
            {
                inTime = true;
                _position++;
            }

            int start = _position;
            if (AtEnd) return Fail(start, $"a number and a unit must follow, {Example}");
            // ISO 8601 has a comma or a dot.
            if (!ReadNumber(out decimal number, ',')) return false;

            if (!inTime && Current is 'Y' or 'y' or 'M' or 'm')
                return Fail(_position, "years and months differ in length; use weeks (W) or days (D), and a \"T\" before minutes (M)");
            if (TicksOfDesignator(Current, inTime) is not long unitTicks)
                return FailUnexpected($"the units are W and D, and after a \"T\" H, M and S, {Example}");
            if (unitTicks >= previousUnit) return Fail(_position, $"units go from large to small, each once, {Example}");
            previousUnit = unitTicks;
            _position++;

            if (number % 1 != 0 && !AtEnd) return Fail(start, "only the last number may have a fraction, as in \"PT1H0.5M\"");
            if (!Add(number, unitTicks)) return FailTooLong(start);
        }
        while (!AtEnd);

        return true;
    }

    /// <summary>A clock reading with days and a dot before it.</summary>
    private bool ReadClock() => ReadDays() && ReadTime();

    /// <summary>A clock reading: <c>hh:mm:ss</c>, of the hours perhaps one digit, and a fraction of the second.</summary>
    private bool ReadTime() =>
        ReadClockField("hours", 24, TimeSpan.TicksPerHour) && ReadColon()
        && ReadClockField("minutes", 60, TimeSpan.TicksPerMinute) && ReadColon()
        && ReadClockField("seconds", 60, TimeSpan.TicksPerSecond) && ReadFraction()
        && (AtEnd || FailUnexpected("nothing may follow hh:mm:ss and a fraction"));

    private bool ReadDays()
    {
        int start = _position;
        SkipDigits();
        ReadOnlySpan<char> digits = text.AsSpan(start, _position - start);
        if (Current != '.')
        {
            _position = start;
            return true;
        }

        if (digits.IsEmpty) return FailUnexpected("days are a whole number before the dot, as in \"1.02:00:00\"");
        _position++;
        bool read = decimal.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out decimal days);
        return (read && Add(days, TimeSpan.TicksPerDay)) || FailTooLong(start);
    }

    private bool ReadClockField(string name, int limit, long unitTicks)
    {
        int start = _position;
        SkipDigits();
        ReadOnlySpan<char> digits = text.AsSpan(start, _position - start);
        bool isShort = digits.Length == 1 && unitTicks == TimeSpan.TicksPerHour;
        if ((digits.Length != 2 && !isShort) || int.Parse(digits, CultureInfo.InvariantCulture) is var number && number >= limit)
            return Fail(start, $"{name} are two digits, 00 to {limit - 1}, in hh:mm:ss or d.hh:mm:ss");
        return Add(number, unitTicks);
    }

    private bool ReadColon()
    {
        if (Current != ':') return FailUnexpected("a clock reading has hours, minutes and seconds, as in \"00:10:00\"");
        _position++;
        return true;
    }

    private bool ReadFraction()
    {
        if (Current != '.') return true;
        int start = _position++;
        SkipDigits();
        if (_position == start + 1) return FailUnexpected("digits must follow the dot");
        ReadOnlySpan<char> fraction = text.AsSpan(start, _position - start);
        return Add(decimal.Parse(fraction, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture), TimeSpan.TicksPerSecond);
    }

    /// <summary>Whether a clock reading comes next: digits, perhaps with a dot, and a colon.</summary>
    private readonly bool IsClock() => text.AsSpan(_position, _end - _position).TrimStart("0123456789.") is [':', ..];

    /// <summary>Digits, perhaps with a dot, or another point, and more digits.</summary>
    private bool ReadNumber(out decimal number, char point = '.')
    {
        number = 0;
        int start = _position;
        if (!char.IsAsciiDigit(Current)) return FailUnexpected(Accepted);
        SkipDigits();
        if (Current == '.' || Current == point)
        {
            _position++;
            if (!char.IsAsciiDigit(Current)) return FailUnexpected("digits must follow the dot");
            SkipDigits();
        }

        string digits = text[start.._position].Replace(',', '.');
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) || FailTooLong(start);
    }

    /// <summary>Adds a part; false where it alone is longer than any duration, and would not be safe to multiply.</summary>
    private bool Add(decimal number, long unitTicks)
    {
        if (number > Duration.MaxTicks / (decimal)unitTicks) return false;
        _ticks += number * unitTicks;
        return true;
    }

    /// <summary>What people write between two parts: a comma, "and", or both.</summary>
    private void SkipSeparators()
    {
        const string And = "and";
        if (Current == ',')
        {
            _position++;
            SkipSpace();
        }

        if (text.AsSpan(_position, _end - _position) is { Length: > 3 } rest && rest.StartsWith(And, StringComparison.OrdinalIgnoreCase) && char.IsWhiteSpace(rest[And.Length]))
        {
            _position += And.Length;
            SkipSpace();
        }
    }

    private readonly bool IsNumberNext() => AtEnd || char.IsAsciiDigit(Current);

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Current)) _position++;
    }

    private void SkipSpace()
    {
        while (char.IsWhiteSpace(Current)) _position++;
    }

    private bool FailTooLong(int position) => Fail(position, "the longest duration is 3650 days; for no end, write \"never\"");

    private bool FailUnexpected(string expected)
    {
        if (AtEnd) return Fail(_position, $"the text ends too early; {expected}");
        Rune.DecodeFromUtf16(text.AsSpan(_position), out Rune found, out _);
        return Fail(_position, $"unexpected \"{found}\"; {expected}");
    }

    private bool Fail(int position, string problem)
    {
        string place = position > _start ? Excerpt.Of(text, position) : Excerpt.Of(text);
        Error = $"duration {place}: {problem}";
        return false;
    }

    private static string NeedsUnit(string digits) => $"a number needs a unit, as in {Excerpt.Of(digits + "s")}";

    private static long? TicksOfUnit(string unit) => (Ascii.IsValid(unit) ? unit.ToLowerInvariant() : unit) switch
    {
        "us" or "\u00B5s" or "\u03BCs" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "ms" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "sec" or "secs" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "min" or "mins" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hr" or "hrs" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        "w" or "week" or "weeks" => 7 * TimeSpan.TicksPerDay,
        _ => null,
    };

    private static long? TicksOfDesignator(char designator, bool inTime) => (designator, inTime) switch
    {
        ('W' or 'w', false) => 7 * TimeSpan.TicksPerDay,
        ('D' or 'd', false) => TimeSpan.TicksPerDay,
        ('H' or 'h', true) => TimeSpan.TicksPerHour,
        ('M' or 'm', true) => TimeSpan.TicksPerMinute,
        ('S' or 's', true) => TimeSpan.TicksPerSecond,
        _ => null,
    };
}
