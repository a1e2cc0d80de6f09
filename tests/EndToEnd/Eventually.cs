using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Preempt.EndToEnd;

/// <summary>Waits for what must come about, however busy the machine is.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads until the condition holds, and returns what was read then.</summary>
    public static async Task<T> GetAsync<T>(
        Func<Task<T>> read, Func<T, bool> condition, [CallerArgumentExpression(nameof(condition))] string expected = "")
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            T value = await read();
            if (condition(value))
                return value;
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"Not within {Limit}: {expected}. The latest: {value}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
