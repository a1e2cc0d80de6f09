using System.Text.Json.Nodes;

namespace Preempt.FunctionsHost;

/// <summary>A function app as it is deployed: a folder with its assemblies, <c>host.json</c> and <c>worker.config.json</c>.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Executable">The program that runs the worker.</param>
/// <param name="Worker">The worker's assembly.</param>
internal sealed record FunctionApp(string Folder, string Executable, string Worker)
{
    /// <summary>Where <c>host.json</c> stands among the settings, and where WebJobs looks for it.</summary>
    public const string HostSection = "AzureFunctionsJobHost";

    /// <summary>Reads what the folder says about itself.</summary>
    /// <exception cref="FileNotFoundException">It is no function app.</exception>
    public static FunctionApp Read(string folder)
    {
        folder = Path.GetFullPath(folder);
        string path = Path.Combine(folder, "worker.config.json");
        if (!File.Exists(path) || !File.Exists(Path.Combine(folder, "host.json")))
            throw new FileNotFoundException($"--app {folder}: expected a folder with host.json and worker.config.json, as a build of a function app leaves it.");
        JsonNode worker = JsonNode.Parse(File.ReadAllText(path))!["description"]!;
        string executable = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? (string)worker["defaultExecutablePath"]!;
        return new(folder, executable, Path.Combine(folder, (string)worker["defaultWorkerPath"]!));
    }

    /// <summary>The settings of <c>host.json</c>, each under <see cref="HostSection"/>; what the environment says there has the last word.</summary>
    public IConfiguration ReadSettings()
    {
        IConfiguration file = new ConfigurationBuilder().AddJsonFile(Path.Combine(Folder, "host.json")).Build();
        return new ConfigurationBuilder()
            .AddInMemoryCollection(file.AsEnumerable().Where(setting => setting.Value is not null)
                .Select(setting => KeyValuePair.Create($"{HostSection}:{setting.Key}", setting.Value)))
            .AddInMemoryCollection([KeyValuePair.Create("AzureWebJobsConfigurationSection", (string?)HostSection)])
            .AddEnvironmentVariables()
            .Build();
    }
}
