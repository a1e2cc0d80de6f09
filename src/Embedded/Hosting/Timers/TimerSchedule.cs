using System.Globalization;
using NCrontab;

namespace Preempt.Embedded.Hosting.Timers;

/// <summary>When a timer function runs. All times are UTC.</summary>
internal abstract class TimerSchedule
{
    private const int FieldsWithSeconds = 6;

    /// <summary>A day that only some years have comes at least once in this time.</summary>
    private const int LongestGapInYears = 9;

    /// <summary>The first time after another.</summary>
    public abstract DateTime Next(DateTime after);

    /// <summary>Reads a cron expression of six fields, or of five without seconds, or a time span.</summary>
    /// <exception cref="NotSupportedException">The text is neither, or names a time that never comes.</exception>
    public static TimerSchedule Parse(string text)
    {
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan interval))
            return interval > TimeSpan.Zero ? new Interval(interval) : throw Bad(text, "an interval must be longer than nothing");

        int fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        CrontabSchedule cron;
        try
        {
            cron = CrontabSchedule.Parse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == FieldsWithSeconds });
        }
        catch (CrontabException exception)
        {
            throw Bad(text, exception.Message);
        }

        DateTime now = DateTime.UnixEpoch;
        return cron.GetNextOccurrence(now, now.AddYears(LongestGapInYears)) < now.AddYears(LongestGapInYears)
            ? new Cron(cron)
            : throw Bad(text, "that time never comes");
    }

    private static NotSupportedException Bad(string text, string why) => new(
        $"schedule \"{text}\": {why.TrimEnd('.')}. Expected: six fields of a cron expression (second minute hour day month weekday), five "
        + "without seconds, or a time span");

    private sealed class Interval(TimeSpan interval) : TimerSchedule
    {
        public override DateTime Next(DateTime after) => after + interval;
    }

    private sealed class Cron(CrontabSchedule cron) : TimerSchedule
    {
        public override DateTime Next(DateTime after) => cron.GetNextOccurrence(after);
    }
}
