using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Preempt;

/// <summary>Finds out what an app is and what it runs on.</summary>
internal static class AppFacts
{
    /// <param name="app">The app's assembly.</param>
    /// <param name="configuration">Its settings.</param>
    /// <param name="feed">How its processes hear of stops.</param>
    public static AppDescription Describe(Assembly app, IConfiguration configuration, FeedSettings feed) => new(
        app.GetName().Name!,
        VersionOf(app),
        VersionOf(typeof(AppFacts).Assembly),
        HostWatch.FindHost(configuration) is not null ? "Azure Functions host" : configuration["Preempt:Store"] switch
        {
            null or "" => "embedded host, SQLite",
            "memory" => "embedded host, in memory",
            var directory => $"embedded host, SQLite in {directory}",
        },
        feed.Storage is null ? "in the process" : $"table {feed.TableName}, read every {(Duration)feed.Interval}",
        string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}"));

    /// <summary>A version as its author wrote it, without what a build adds.</summary>
    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? assembly.GetName().Version?.ToString()
        ?? "unknown";
}
