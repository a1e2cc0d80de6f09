namespace Preempt;

/// <summary>
/// Gives times that never repeat and never go back, for ids that order by time. One instance serves a process: the promise
/// holds between the answers of one instance.
/// </summary>
internal sealed class MonotonicClock(TimeProvider timeProvider)
{
    /// <summary>How far answers may run ahead: a clock that is set back further was wrong.</summary>
    private const long MostAhead = TimeSpan.TicksPerSecond;

    private long _lastTicks;

    /// <summary>
    /// The time now in UTC, at least one tick (100 ns) later than every answer before. While the clock behind it stands still or is set
    /// back by less than a second, answers run ahead of it, a tick each; one that is set back further was wrong, and is followed.
    /// </summary>
    public DateTimeOffset Next()
    {
        long now = timeProvider.GetUtcNow().UtcTicks;
        long last = Volatile.Read(ref _lastTicks);
        while (true)
        {
            long next = last - now > MostAhead ? now : Math.Max(now, last + 1);
            long seen = Interlocked.CompareExchange(ref _lastTicks, next, last);
            if (seen == last) return new DateTimeOffset(next, TimeSpan.Zero);
            last = seen;
        }
    }
}
