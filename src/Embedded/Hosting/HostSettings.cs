using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace Preempt.Embedded.Hosting;

/// <summary>What <c>host.json</c> says, with the app setting <c>AzureFunctionsJobHost__...</c> above it.</summary>
internal sealed class HostSettings(IConfiguration settings)
{
    /// <summary>What this host has no use for, and the real one does not start with when it is too short.</summary>
    private static readonly string[] VisibilityTimeouts =
    [
        "extensions:durableTask:storageProvider:controlQueueVisibilityTimeout",
        "extensions:durableTask:storageProvider:workItemQueueVisibilityTimeout",
    ];

    private static readonly TimeSpan ShortestVisibility = TimeSpan.FromMinutes(1);

    /// <summary>All settings, such as <c>extensions:queues:batchSize</c>.</summary>
    public IConfiguration All => settings;

    /// <summary>How long a stop of the host may take; null if the file is silent.</summary>
    /// <exception cref="InvalidOperationException">It cannot be read.</exception>
    public TimeSpan? ShutdownTimeout => Time(settings, "shutdownTimeout", TimeSpan.FromSeconds(1));

    /// <summary>What stands before every route, without slashes; <c>api</c> unless set.</summary>
    public string RoutePrefix => (settings["extensions:http:routePrefix"] ?? "api").Trim('/');

    /// <summary>Reads the host's settings.</summary>
    /// <param name="file">The file; null if there is none.</param>
    /// <param name="app">The app's settings.</param>
    /// <exception cref="InvalidOperationException">The real host would not start with them.</exception>
    public static HostSettings Read(string? file, IConfiguration app)
    {
        ConfigurationBuilder builder = new();
        if (file is not null) builder.AddJsonFile(file);
        builder.AddInMemoryCollection(app.GetSection("AzureFunctionsJobHost").AsEnumerable(makePathsRelative: true));
        IConfigurationRoot settings = builder.Build();
        foreach (string timeout in VisibilityTimeouts)
            Time(settings, timeout, ShortestVisibility);
        return new(settings);
    }

    /// <summary>A time that the host's settings name; null if they do not.</summary>
    /// <exception cref="InvalidOperationException">It is no time, or too short.</exception>
    public static TimeSpan? Time(IConfiguration host, string path, TimeSpan min)
    {
        if (host[path] is not { } text) return null;
        // A number without colons would be days.
        return text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time) && time >= min
            ? time
            : throw Bad(path, text, $"a time of at least {min:c} as in 00:01:30");
    }

    /// <summary>Says what is wrong with a setting.</summary>
    public static InvalidOperationException Bad(string path, string text, string expected) =>
        new($"The function app cannot start: host.json, {path} \"{text}\": {expected} is expected.");

    /// <summary>Adds the values of <c>local.settings.json</c> to an app's configuration, below its environment variables.</summary>
    /// <param name="file">The file; null if there is none.</param>
    /// <param name="app">The app's settings.</param>
    /// <exception cref="InvalidOperationException">The file is encrypted.</exception>
    public static void AddLocalSettings(string? file, IConfigurationBuilder app)
    {
        if (file is null) return;
        IConfigurationRoot local = new ConfigurationBuilder().AddJsonFile(file).Build();
        if (local.GetValue<bool>("IsEncrypted"))
            throw new InvalidOperationException($"{file} is encrypted; only the Azure Functions tools that encrypted it can read it.");

        MemoryConfigurationSource values = new()
        {
            InitialData = local.GetSection("Values").AsEnumerable(makePathsRelative: true)
                .Where(pair => pair.Value is not null)
                .Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value)),
        };
        int environment = app.Sources.ToList()
            .FindLastIndex(source => source is EnvironmentVariablesConfigurationSource { Prefix: null or "" });
        app.Sources.Insert(environment < 0 ? app.Sources.Count : environment, values);
    }

    /// <summary>A settings file beside the app, or in the current directory; null if there is none.</summary>
    public static string? Find(string name) =>
        new[] { AppContext.BaseDirectory, Directory.GetCurrentDirectory() }
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);
}
