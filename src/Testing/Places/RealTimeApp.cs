using System.Diagnostics;

namespace Preempt.Testing;

/// <summary>An app whose time is real: what a test waits for takes as long as it takes.</summary>
/// <param name="place">Where it is.</param>
/// <param name="longestWait">The longest that one call waits.</param>
internal abstract class RealTimeApp(TestPlace place, TimeSpan longestWait) : TestedApp(place)
{
    public override DateTimeOffset Now => DateTimeOffset.UtcNow;

    /// <summary>From one look at a condition to the next.</summary>
    protected abstract TimeSpan Look { get; }

    public override Task AdvanceAsync(Duration time) => time.IsNever || time.Value > longestWait
        ? throw new InvalidOperationException(
            $"In {Place} time is real, and to let {time} pass takes as long: LongestWait is {(Duration)longestWait}. Ask the app's SkipsTime, and give such a test shorter times there.")
        : Task.Delay(time.Value);

    internal override async Task WaitAsync(Func<Task<bool>> condition, Duration? limit)
    {
        TimeSpan most = Bound(limit);
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > most)
                throw new TimeoutException($"The condition does not hold after {(Duration)most} of real time.");
            await Task.Delay(Look);
        }
    }

    internal override async Task WaitForEndAsync(string id, Duration? limit)
    {
        TimeSpan most = Bound(limit);
        if (!(await WaitAsync(id, most)).Status.IsTerminal())
            throw new TimeoutException($"The run has not ended after {(Duration)most} of real time.");
    }

    /// <summary>Waits until the run has ended, or the wait is over.</summary>
    protected abstract Task<Run> WaitAsync(string id, TimeSpan wait);

    private TimeSpan Bound(Duration? limit) => Duration.Min(limit ?? longestWait, longestWait).Value;
}
