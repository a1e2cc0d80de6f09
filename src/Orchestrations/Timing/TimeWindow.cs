using System.Globalization;

namespace Preempt;

/// <summary>
/// Times of the day in a zone: from the first on, up to but without the second; across midnight when that is the earlier one. Midnight
/// as the second is the end of the day; midnight twice is the whole day.
/// </summary>
internal sealed record TimeWindow(TimeOnly From, TimeOnly To, ZoneClock Clock) : EndCondition
{
    private const string EndOfDay = "24:00";

    internal override IEnumerable<ZoneClock> Clocks => [Clock];

    internal override ConditionState At(Moment moment)
    {
        if (From == To) return new(true, null);

        ZoneClock clock = Clock.As(moment.Zones);
        long reading = clock.Read(moment.Now);
        TimeOnly time = new(reading % TimeSpan.TicksPerDay);
        bool isMet = time.IsBetween(From, To);
        return new(isMet, clock.FirstInstant(Next(reading, isMet ? To : From)));
    }

    private protected override string Write() =>
        $"time of day between {Text(From)} and {(To == TimeOnly.MinValue ? EndOfDay : Text(To))}{Clock.Suffix}";

    private static long Next(long reading, TimeOnly time)
    {
        long sameDay = reading - (reading % TimeSpan.TicksPerDay) + time.Ticks;
        return sameDay > reading ? sameDay : sameDay + TimeSpan.TicksPerDay;
    }

    private static string Text(TimeOnly time) =>
        time.ToString(time.Ticks % TimeSpan.TicksPerMinute == 0 ? "HH:mm" : "HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
}
