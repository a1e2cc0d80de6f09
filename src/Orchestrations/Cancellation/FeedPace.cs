namespace Preempt;

/// <summary>When a process turns to the table that it shares with others: not in step with them, and more rarely while it does not answer.</summary>
internal static class FeedPace
{
    /// <summary>Processes that began at one time do not stay in step.</summary>
    private const double MaxJitter = 0.2;

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait before the next call.</summary>
    /// <param name="interval">How long, when all is well.</param>
    /// <param name="failures">How many calls have failed since one succeeded.</param>
    public static TimeSpan PauseAfter(TimeSpan interval, int failures)
    {
        TimeSpan longest = LongestBackoff > interval ? LongestBackoff : interval;
        TimeSpan pause = interval * Math.Pow(2, Math.Min(failures, 10));
        return (pause < longest ? pause : longest) * (1 + (Random.Shared.NextDouble() * MaxJitter));
    }
}

/// <summary>
/// Says when a process is to clean up, at most once in each interval. The first time comes at any moment of the first one: many processes
/// share the work.
/// </summary>
internal sealed class CleanUpPace(TimeSpan interval, TimeProvider time)
{
    private long _last = time.GetTimestamp() - (long)(Random.Shared.NextDouble() * interval.TotalSeconds * time.TimestampFrequency);

    /// <summary>Whether it is time; if so, the next interval begins.</summary>
    public bool IsDue()
    {
        if (time.GetElapsedTime(_last) <= interval)
            return false;
        _last = time.GetTimestamp();
        return true;
    }
}
