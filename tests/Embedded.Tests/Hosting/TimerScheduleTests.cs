using System.Globalization;
using Preempt.Embedded.Hosting.Timers;

namespace Preempt.Embedded.Tests.Hosting;

public class TimerScheduleTests
{
    [Theory]
    [InlineData("0 */5 * * * *", "2030-01-01T00:05:00")]
    [InlineData("*/5 * * * *", "2030-01-01T00:05:00")]
    [InlineData("30 * * * * *", "2030-01-01T00:00:30")]
    [InlineData("0 0 9 * * MON-FRI", "2030-01-01T09:00:00")]
    [InlineData("0 30 9 * JAN Mon", "2030-01-07T09:30:00")]
    [InlineData("0 0 0 29 2 *", "2032-02-29T00:00:00")]
    [InlineData("  0  0 * * * *  ", "2030-01-01T01:00:00")]
    [InlineData("00:00:10", "2030-01-01T00:00:10")]
    [InlineData("1.00:00:00", "2030-01-02T00:00:00")]
    public void A_schedule_names_the_next_time(string schedule, string expected)
    {
        DateTime next = TimerSchedule.Parse(schedule).Next(new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(expected, next.ToString("s", CultureInfo.InvariantCulture));
        Assert.Equal(DateTimeKind.Utc, next.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("every day")]
    [InlineData("* * * *")]
    [InlineData("0 60 * * * *")]
    [InlineData("0 0 0 L * *")]
    [InlineData("@hourly")]
    [InlineData("0 0 0 30 2 *")]
    [InlineData("00:00:00")]
    [InlineData("-00:01:00")]
    public void What_is_no_schedule_is_refused(string schedule)
    {
        NotSupportedException refusal = Assert.Throws<NotSupportedException>(() => TimerSchedule.Parse(schedule));

        Assert.StartsWith($"schedule \"{schedule}\": ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Expected: six fields", refusal.Message, StringComparison.Ordinal);
    }
}
