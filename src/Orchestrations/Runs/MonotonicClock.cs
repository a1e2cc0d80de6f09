namespace Preempt;

/// <summary>
/// Gives times that never repeat and never go back, for ids that order by time. One instance serves a process: the promise
/// holds between the answers of one instance.
/// </summary>
internal sealed class MonotonicClock(TimeProvider timeProvider)
{
    private long _lastTicks;

    /// <summary>
    /// The time now in UTC, at least one tick (100 ns) later than every answer before. While the clock behind it stands still or is set
    /// back, answers run ahead of it, a tick each.
    /// </summary>
    public DateTimeOffset Next()
    {
        long now = timeProvider.GetUtcNow().UtcTicks;
        long last = Volatile.Read(ref _lastTicks);
        while (true)
        {
            long next = Math.Max(now, last + 1);
            long seen = Interlocked.CompareExchange(ref _lastTicks, next, last);
            if (seen == last) return new DateTimeOffset(next, TimeSpan.Zero);
            last = seen;
        }
    }
}
