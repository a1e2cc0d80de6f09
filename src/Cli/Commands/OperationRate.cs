using System.Globalization;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary>How fast an operation goes through its runs, since the tool began to look.</summary>
internal sealed class OperationRate(TimeProvider time, Operation first)
{
    private const int MaxDetail = 50;

    private readonly long _began = time.GetTimestamp();

    /// <summary>An operation's progress in a line: how far, what failed so far, how fast, and how long it will take at that rate.</summary>
    public string Describe(Operation now)
    {
        if (now.Total == 0)
            return "counting the runs";
        string failed = now.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {now.Failed} failed") : "";
        string last = now.Failures is [.., var failure] ? $" ({SafeText.Of(failure.Detail, MaxDetail)})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{BulkRun.Seen(now)} of {now.Total} runs{failed}{last}{Speed(now)}");
    }

    private string Speed(Operation now)
    {
        double seconds = time.GetElapsedTime(_began).TotalSeconds;
        double rate = (BulkRun.Seen(now) - BulkRun.Seen(first)) / Math.Max(seconds, 0.001);
        if (rate <= 0)
            return "";
        TimeSpan left = TimeSpan.FromSeconds(Math.Min((now.Total - BulkRun.Seen(now)) / rate, TimeSpan.FromDays(30).TotalSeconds));
        return string.Create(CultureInfo.InvariantCulture, $", {rate:0.#}/s, {Times.Of(left)} left");
    }
}
