namespace Preempt;

/// <summary>How long a run waits that a gate without slots has told when to ask again.</summary>
internal static class StartPause
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    /// <summary>After so long a run asks in any case.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The time until its start: 10 milliseconds at least, and an hour at most, after which it asks in any case.</summary>
    public static TimeSpan Until(DateTimeOffset start, DateTimeOffset now)
    {
        TimeSpan pause = start - now;
        return pause < Shortest ? Shortest : pause > Longest ? Longest : pause;
    }
}
