using System.Collections.Concurrent;

namespace Preempt.Tests.Timing;

/// <summary>
/// What clocks on the wall have shown so far at most, minute by minute: each time of day comes once, the first time that it or a later one
/// is shown.
/// </summary>
public sealed class WallClocks
{
    /// <summary>How many minutes are looked at: twelve days.</summary>
    public const int Minutes = 12 * 24 * 60;

    public static readonly string[] Zones =
    [
        "UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo",
        "America/St_Johns", "Pacific/Apia",
    ];

    private const int MinutesBefore = 2 * 24 * 60;

    private static readonly ConcurrentDictionary<DateTimeOffset, WallClocks> All = [];

    private readonly Dictionary<string, DateTime[]> _readings;

    private WallClocks(DateTimeOffset start)
    {
        Start = start;
        _readings = Zones.ToDictionary(zone => zone, zone => Readings(TimeZoneInfo.FindSystemTimeZoneById(zone)));
    }

    /// <summary>The first minute that is looked at.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The clocks over twelve days.</summary>
    public static WallClocks From(DateTimeOffset start) => All.GetOrAdd(start, _ => new(start));

    public DateTime Read(string zone, int minute) => _readings[zone][minute];

    private DateTime[] Readings(TimeZoneInfo zone)
    {
        DateTime[] readings = new DateTime[Minutes];
        DateTime highest = default;
        for (int minute = -MinutesBefore; minute < Minutes; minute++)
        {
            DateTime shown = TimeZoneInfo.ConvertTime(Start.AddMinutes(minute), zone).DateTime;
            if (shown > highest) highest = shown;
            if (minute >= 0) readings[minute] = highest;
        }

        return readings;
    }
}
