using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Preempt.EndToEnd;

/// <summary>Waits for what must come about, however busy the machine is.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Reads until the condition holds, and returns what was read then. The longer it has waited the rarer it looks: many tests wait at once, and what
    /// they wait for needs the processor.
    /// </summary>
    public static async Task<T> GetAsync<T>(
        Func<Task<T>> read, Func<T, bool> condition, [CallerArgumentExpression(nameof(condition))] string expected = "")
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            T value = await read();
            if (condition(value))
                return value;
            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            Assert.True(waited < Limit, $"Not within {Limit}: {expected}. The latest: {value}");
            await Task.Delay(TimeSpan.FromTicks(long.Clamp(waited.Ticks / 20, ShortestPause.Ticks, LongestPause.Ticks)), TestContext.Current.CancellationToken);
        }
    }
}
