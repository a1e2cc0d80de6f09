namespace Preempt;

/// <summary>Days of the week in a zone, from the first to the last; both may be the same day.</summary>
internal sealed record DayRange(DayOfWeek First, DayOfWeek Last, ZoneClock Clock) : EndCondition
{
    private const int DaysOfWeek = 7;

    internal override IEnumerable<ZoneClock> Clocks => [Clock];

    internal override ConditionState At(Moment moment)
    {
        int length = DaysFrom(First, Last) + 1;
        if (length == DaysOfWeek) return new(true, null);

        ZoneClock clock = Clock.As(moment.Zones);
        long days = clock.Read(moment.Now) / TimeSpan.TicksPerDay;
        DayOfWeek today = (DayOfWeek)((days + (int)DayOfWeek.Monday) % DaysOfWeek);
        int daysIn = DaysFrom(First, today);
        bool isMet = daysIn < length;
        long change = days - daysIn + (isMet ? length : DaysOfWeek);
        return new(isMet, clock.FirstInstant(change * TimeSpan.TicksPerDay));
    }

    private protected override string Write() => (First, Last) switch
    {
        (DayOfWeek.Saturday, DayOfWeek.Sunday) => "weekend",
        (DayOfWeek.Monday, DayOfWeek.Friday) => "weekdays",
        var (first, last) when first == last => Name(first),
        var (first, last) => $"{Name(first)} to {Name(last)}",
    } + Clock.Suffix;

    /// <summary>A day's name in the text form.</summary>
    private static string Name(DayOfWeek day) => day.ToString().ToLowerInvariant();

    private static int DaysFrom(DayOfWeek first, DayOfWeek last) => (last - first + DaysOfWeek) % DaysOfWeek;
}
