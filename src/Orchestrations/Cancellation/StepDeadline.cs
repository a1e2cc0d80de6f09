namespace Preempt;

/// <summary>The end of a step's time, by the worker's clock; it can be put off.</summary>
internal sealed class StepDeadline : IDisposable
{
    /// <summary>A process does not live longer, and a timer does not take more.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private DateTimeOffset _end;

    public StepDeadline(TimeSpan timeout, TimeProvider time, Action over)
    {
        _time = time;
        _end = Later(time.GetUtcNow(), timeout);
        _timer = time.CreateTimer(_ => over(), null, Due(), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds to what is left; "never" takes the end away.</summary>
    public void Extend(Duration by)
    {
        lock (_lock)
        {
            _end = by.IsNever ? DateTimeOffset.MaxValue : Later(_end, by.Value);
            _timer.Change(Due(), Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private TimeSpan Due() => (_end - _time.GetUtcNow()) switch
    {
        var left when left > LongestTimer => Timeout.InfiniteTimeSpan,
        var left => left > TimeSpan.Zero ? left : TimeSpan.Zero,
    };

    private static DateTimeOffset Later(DateTimeOffset time, TimeSpan by) =>
        by > DateTimeOffset.MaxValue - time ? DateTimeOffset.MaxValue : time + by;
}
