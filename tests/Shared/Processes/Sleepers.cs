using System.Diagnostics;
using System.Globalization;

namespace Preempt.Tests.Shared;

/// <summary>Processes that sleep for a time that is a test's own, by which they are found.</summary>
internal sealed class Sleepers : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>What <c>sleep</c> is given.</summary>
    public string Seconds { get; } = $"{Random.Shared.Next(10_000, 80_000)}.{Random.Shared.Next(100_000, 999_999)}1";

    /// <summary>Those that live.</summary>
    public int[] Find() =>
    [
        .. from directory in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out _)
           where ReadCommand(directory).Split('\0') is [var program, var seconds, ..]
               && Path.GetFileName(program) == "sleep" && seconds == Seconds
           select int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture),
    ];

    /// <summary>Waits until so many live.</summary>
    public async Task<int[]> WaitForAsync(int count)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            int[] living = Find();
            if (living.Length == count)
                return living;
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"{living.Length} live instead of {count}.");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A test that fails leaves none behind.</summary>
    public void Dispose()
    {
        foreach (int process in Find())
        {
            using Process sleeper = Process.GetProcessById(process);
            sleeper.Kill();
        }
    }

    private static string ReadCommand(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
