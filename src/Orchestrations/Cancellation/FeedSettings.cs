using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Preempt;

/// <summary>How the processes of an app hear of stops and progress: the settings <c>Preempt:Feed...</c>.</summary>
internal sealed partial record FeedSettings
{
    private const string InProcess = "in-process";
    private const string Table = "table";

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    /// <summary>Where the log of notices is; null when the app runs in one process.</summary>
    public StorageConnection? Storage { get; private init; }

    /// <summary>The name of the log's table.</summary>
    public string TableName { get; init; } = "PreemptStops";

    /// <summary>The least time between two reads of the log.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <exception cref="FormatException">A setting cannot be read.</exception>
    public static FeedSettings Read(IConfiguration configuration)
    {
        bool isTable = configuration["Preempt:Feed"] switch
        {
            null or "" => HostWatch.FindHost(configuration) is not null,
            InProcess => false,
            Table => true,
            var other => throw new FormatException($"Preempt:Feed \"{other}\": expected {InProcess} or {Table}."),
        };
        FeedSettings settings = new();
        if (configuration["Preempt:FeedTable"] is { Length: > 0 } table)
        {
            settings = settings with
            {
                TableName = TableNames().IsMatch(table) ? table : throw new FormatException(
                    $"Preempt:FeedTable \"{table}\": expected 3 to 63 letters and digits, a letter first."),
            };
        }

        if (configuration["Preempt:FeedInterval"] is { Length: > 0 } interval)
            settings = settings with { Interval = ReadInterval(interval) };
        return isTable
            ? settings with { Storage = StorageConnection.Read(configuration, configuration["Preempt:FeedConnection"]) }
            : settings;
    }

    private static TimeSpan ReadInterval(string text)
    {
        Duration interval = Duration.Parse(text);
        return !interval.IsNever && interval.Value >= ShortestInterval && interval.Value <= LongestInterval
            ? interval.Value
            : throw new FormatException(
                $"Preempt:FeedInterval \"{text}\": from {(Duration)ShortestInterval} to {(Duration)LongestInterval} is allowed.");
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{2,62}$")]
    private static partial Regex TableNames();
}
