using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace Preempt.Embedded.Hosting;

/// <summary>What <c>host.json</c> says, with the app setting <c>AzureFunctionsJobHost__...</c> above it.</summary>
internal sealed class HostSettings(IConfiguration settings)
{
    /// <summary>All settings, such as <c>extensions:queues:batchSize</c>.</summary>
    public IConfiguration All => settings;

    /// <summary>What stands before every route, without slashes; <c>api</c> unless set.</summary>
    public string RoutePrefix => (settings["extensions:http:routePrefix"] ?? "api").Trim('/');

    /// <summary>Reads the host's settings.</summary>
    /// <param name="file">The file; null if there is none.</param>
    /// <param name="app">The app's settings.</param>
    public static HostSettings Read(string? file, IConfiguration app)
    {
        ConfigurationBuilder builder = new();
        if (file is not null) builder.AddJsonFile(file);
        builder.AddInMemoryCollection(app.GetSection("AzureFunctionsJobHost").AsEnumerable(makePathsRelative: true));
        return new(builder.Build());
    }

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
