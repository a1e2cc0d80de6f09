using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace Preempt.Packages.Tests;

/// <summary>All packages, in a folder, and beside it a place outside the repository where apps are made of them.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-packages-");

    /// <summary>A version that no cache holds.</summary>
    public string Version { get; } = $"0.1.0-test.{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}";

    /// <summary>Where the packages lie.</summary>
    public string Feed => Path.Combine(_directory.FullName, "feed");

    /// <summary>Where apps are made: the packages come from <see cref="Feed"/>, everything else from where this machine takes packages.</summary>
    public string Workspace => Path.Combine(_directory.FullName, "work");

    /// <summary>Where <c>dotnet new</c> keeps its templates.</summary>
    public string TemplateHive => Path.Combine(_directory.FullName, "hive");

    /// <summary>The build configuration of the tests, and so of what is packed and published.</summary>
    public static string Configuration => Metadata("Configuration");

    /// <summary>Where the repository is.</summary>
    public static string RepositoryRoot => Metadata("RepositoryRoot");

    /// <summary>The version of a package that the repository takes.</summary>
    public static string VersionOf(string package) => Metadata($"Version:{package}");

    /// <summary>Opens a package.</summary>
    public ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.nupkg"));

    /// <summary>The lines of a build's output that are warnings.</summary>
    /// <remarks>That a registry lacks a version, and the next one is taken, says nothing of the packages: in an app's own projects it is left out.</remarks>
    internal static string[] Warnings(string output) =>
    [
        .. from line in output.Split('\n')
           where line.Contains(": warning", StringComparison.Ordinal) || line.Contains("warning :", StringComparison.Ordinal)
           where !line.Contains("NU1603", StringComparison.Ordinal) || line.Contains("WorkerExtensions", StringComparison.Ordinal)
           select line.Trim(),
    ];

    /// <summary>Packs.</summary>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Feed);
        Directory.CreateDirectory(Workspace);
        await Dotnet.RunAsync(
            RepositoryRoot, "msbuild", Path.Combine("tests", "Packages.Tests", "Packages.Tests.csproj"), "-target:PackAll", "-maxCpuCount:2", "-nologo",
            $"-property:Configuration={Configuration}", $"-property:Version={Version}", $"-property:PackageOutputPath={Feed}", "-property:NoBuild=true");
        string sources = await Dotnet.RunAsync(Workspace, "nuget", "list", "source", "--format", "Short");
        IEnumerable<XElement> others = sources.Split('\n')
            .Where(line => line.StartsWith("E ", StringComparison.Ordinal))
            .Select((line, index) => new XElement("add", new XAttribute("key", $"machine{index}"), new XAttribute("value", line[2..].Trim())));
        List<XElement> machine = [.. others];
        XElement configuration = new(
            "configuration",
            new XElement(
                "packageSources",
                new XElement("clear"), new XElement("add", new XAttribute("key", "packed"), new XAttribute("value", Feed)), machine),
            new XElement(
                "packageSourceMapping",
                Mapping("packed", "Preempt", "Preempt.*"),
                machine.Select(source => Mapping(source.Attribute("key")!.Value, "*"))));
        await File.WriteAllTextAsync(Path.Combine(Workspace, "nuget.config"), configuration.ToString());
    }

    /// <summary>Leaves nothing behind, also in the folder where this machine keeps the packages that were restored.</summary>
    public async ValueTask DisposeAsync()
    {
        string line = await Dotnet.RunAsync(Workspace, "nuget", "locals", "global-packages", "--list", "--force-english-output");
        string cache = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        foreach (string package in Directory.GetDirectories(cache, "preempt*"))
        {
            string restored = Path.Combine(package, Version);
            if (Directory.Exists(restored))
                Directory.Delete(restored, recursive: true);
            if (!Directory.EnumerateFileSystemEntries(package).Any())
                Directory.Delete(package);
        }

        _directory.Delete(recursive: true);
    }

    private static XElement Mapping(string source, params string[] patterns) => new(
        "packageSource",
        new XAttribute("key", source),
        patterns.Select(pattern => new XElement("package", new XAttribute("pattern", pattern))));

    private static string Metadata(string key) => typeof(PackedPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == key).Value!;
}
