namespace Preempt.Embedded.Hosting.Queues;

/// <summary>How long a queue is left alone: little after a message, and twice as long each time that there is none.</summary>
internal sealed class PollingDelay(TimeSpan longest)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private TimeSpan _next = Shortest;

    public TimeSpan Next()
    {
        TimeSpan delay = _next;
        _next = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, longest.Ticks));
        return delay;
    }

    public void Reset() => _next = Shortest;
}
