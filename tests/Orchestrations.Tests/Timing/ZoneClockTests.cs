using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using NodaTime;

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
    public void No_zone_changes_its_clock_twice_within_32_hours_or_back_by_more_than_a_day()
    {
        foreach (DateTimeZone zone in DateTimeZoneProviders.Tzdb.Ids.Select(id => DateTimeZoneProviders.Tzdb[id]))
        {
            TimeSpan? offset = null;
            DateTime? changed = null;
            for (DateTime time = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc); time.Year < 2035; time = time.AddHours(12))
            {
                TimeSpan now = zone.GetUtcOffset(Instant.FromDateTimeUtc(time)).ToTimeSpan();
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

    [Fact]
    public void What_is_known_of_a_zone_says_the_same_as_the_zone_and_fits_a_request()
    {
        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        EndCondition condition = "time of day between 08:00 and 18:00 Africa/Casablanca and not weekend America/St_Johns or monday Europe/Paris";
        FixedZones zones = FixedZones.Of(condition, start)!;
        Assert.InRange(JsonSerializer.Serialize(zones).Length, 1, 8_000);
        FixedZones read = JsonSerializer.Deserialize<FixedZones>(JsonSerializer.Serialize(zones))!;
        for (DateTimeOffset time = start; time.Year < 2030; time = time.AddHours(1))
        {
            Assert.Equal(condition.IsMet(time), condition.IsMet(time, read));
            Assert.Equal(condition.NextChange(time), condition.NextChange(time, read));
        }

        Assert.Null(FixedZones.Of("weekend or event over", start));
    }

    [Fact]
    public void What_is_known_of_a_zone_stays_when_another_package_knows_otherwise()
    {
        // A zone whose clocks were to be three hours ahead when the run was accepted.
        FixedZones once = new(new Dictionary<string, ZoneOffsets> { ["Europe/Paris"] = new(3 * 3600, []) }.ToImmutableDictionary());
        EndCondition condition = "time of day between 08:00 and 18:00 Europe/Paris";
        DateTimeOffset night = new(2026, 1, 6, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(night.AddHours(5), condition.NextChange(night, once));
        Assert.Equal(night.AddHours(7), condition.NextChange(night));
        Assert.True(condition.IsMet(night.AddHours(6), once));
        Assert.False(condition.IsMet(night.AddHours(6)));
    }
}
