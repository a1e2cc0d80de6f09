using System.Globalization;

namespace Preempt.Tests.Timing;

public class ZoneClockTests
{
    [Theory]
    [InlineData("2026-10-25T00:59:59Z", "2026-10-25T02:59:59")]
    [InlineData("2026-10-25T01:30:00Z", "2026-10-25T02:59:59.9999999")]
    [InlineData("2026-10-25T02:00:00Z", "2026-10-25T03:00:00")]
    [InlineData("2026-03-29T00:59:59Z", "2026-03-29T01:59:59")]
    [InlineData("2026-03-29T01:00:00Z", "2026-03-29T03:00:00")]
    public void The_clock_stands_still_where_others_go_back(string instant, string expected) => Assert.Equal(
        DateTime.Parse(expected, CultureInfo.InvariantCulture).Ticks,
        ZoneClock.Find("Europe/Paris")!.Read(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture)));

    [Fact]
    public void No_zone_changes_its_clock_twice_within_28_hours_or_back_by_more_than_a_day()
    {
        foreach (TimeZoneInfo zone in TimeZoneInfo.GetSystemTimeZones())
        {
            TimeSpan? offset = null;
            DateTime? changed = null;
            for (DateTime time = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc); time.Year < 2035; time = time.AddHours(12))
            {
                TimeSpan now = zone.GetUtcOffset(time);
                if (offset is { } before && before != now)
                {
                    Assert.True(time - changed is not { TotalHours: <= 48 }, $"{zone.Id} {time:u}");
                    Assert.True(before - now <= TimeSpan.FromDays(1), $"{zone.Id} {time:u}");
                    changed = time;
                }

                offset = now;
            }
        }
    }
}
