using System.IO.Compression;
using System.Xml.Linq;

namespace Preempt.Packages.Tests;

/// <summary>What is in each package.</summary>
public sealed class PackageTests(PackedPackages packages)
{
    private const string Worker = "Microsoft.Azure.Functions.Worker";

    /// <summary>Each package, and all that it depends on.</summary>
    public static TheoryData<string, string[]> Dependencies => new()
    {
        {
            "Preempt",
            [
                "Azure.Data.Tables", "Azure.Identity", Worker, $"{Worker}.Extensions.DurableTask", "Microsoft.DurableTask.Abstractions",
                "Microsoft.DurableTask.Analyzers", "Microsoft.DurableTask.Client", "NodaTime", "Preempt.Contracts",
            ]
        },
        { "Preempt.Cli", [] },
        { "Preempt.Client", ["Microsoft.Extensions.Http.Resilience", "Preempt.Contracts"] },
        { "Preempt.Contracts", [] },
        {
            "Preempt.Embedded",
            [
                "Azure.Storage.Queues", "Google.Protobuf", Worker, $"{Worker}.Extensions.DurableTask", $"{Worker}.Extensions.Http.AspNetCore",
                $"{Worker}.Extensions.Storage.Queues", $"{Worker}.Extensions.Timer", "Microsoft.Data.Sqlite", "Microsoft.DurableTask.Client",
                "Microsoft.DurableTask.Worker", "NCrontab",
            ]
        },
        { "Preempt.Http", [$"{Worker}.Extensions.DurableTask", $"{Worker}.Extensions.Http.AspNetCore", "Preempt"] },
        { "Preempt.Queues", ["Azure.Storage.Queues", $"{Worker}.Extensions.DurableTask", $"{Worker}.Extensions.Storage.Queues", "Preempt"] },
        { "Preempt.Templates", [] },
        { "Preempt.Testing", ["Preempt", "Preempt.Client", "Preempt.Embedded"] },
    };

    [Theory]
    [MemberData(nameof(Dependencies))]
    public void A_package_depends_on_what_it_needs_and_nothing_else(string id, string[] expected)
    {
        using ZipArchive package = packages.Open(id);
        List<XElement> dependencies = [.. Nuspec(package, id).Descendants().Where(element => element.Name.LocalName == "dependency")];
        Assert.Equal(expected, dependencies.Select(dependency => dependency.Attribute("id")!.Value).Order(StringComparer.Ordinal));
        Assert.All(
            dependencies.Where(dependency => dependency.Attribute("id")!.Value.StartsWith("Preempt", StringComparison.Ordinal)),
            dependency => Assert.Equal(packages.Version, dependency.Attribute("version")!.Value));
    }

    [Theory]
    [MemberData(nameof(Dependencies))]
    public void A_package_says_what_it_is(string id, string[] _)
    {
        using ZipArchive package = packages.Open(id);
        XElement nuspec = Nuspec(package, id);
        Assert.Equal(id, Value(nuspec, "id"));
        Assert.Equal(packages.Version, Value(nuspec, "version"));
        Assert.Equal("MIT", Value(nuspec, "license"));
        Assert.True(Value(nuspec, "description").Length > 20, Value(nuspec, "description"));
        Assert.Contains("durable-functions", Value(nuspec, "tags").Split(' '));
        Assert.StartsWith($"# {id}\n", Read(package, Value(nuspec, "readme")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Dependencies))]
    public void An_assembly_comes_with_its_docs(string id, string[] _)
    {
        using ZipArchive package = packages.Open(id);
        string[] assemblies =
        [
            .. from entry in package.Entries
               where entry.Name.StartsWith("Preempt", StringComparison.Ordinal) && entry.Name.EndsWith(".dll", StringComparison.Ordinal)
               where !entry.FullName.StartsWith("analyzers/", StringComparison.Ordinal)
               select entry.FullName,
        ];
        Assert.Equal(id != "Preempt.Templates", assemblies.Any(assembly => Path.GetFileNameWithoutExtension(assembly) == id));
        Assert.All(assemblies, assembly => Assert.Contains("<summary>", Read(package, Path.ChangeExtension(assembly, ".xml")), StringComparison.Ordinal));
    }

    [Fact]
    public void The_library_brings_its_analyzers()
    {
        using ZipArchive package = packages.Open("Preempt");
        Assert.Equal(
            ["analyzers/dotnet/cs/Preempt.Analyzers.CodeFixes.dll", "analyzers/dotnet/cs/Preempt.Analyzers.dll"],
            package.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("analyzers/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_package_is_checked() => Assert.Equal(
        Dependencies.Select(row => $"{row.Data.Item1}.{packages.Version}.nupkg").Order(StringComparer.Ordinal),
        Directory.GetFiles(packages.Feed, "*.nupkg").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));

    private static XElement Nuspec(ZipArchive package, string id) => XElement.Parse(Read(package, $"{id}.nuspec").TrimStart('\uFEFF'));

    private static string Value(XElement nuspec, string name) => nuspec.Descendants().First(element => element.Name.LocalName == name).Value;

    private static string Read(ZipArchive package, string path)
    {
        ZipArchiveEntry entry = package.GetEntry(path) ?? throw new InvalidOperationException($"There is no {path} in the package.");
        using StreamReader reader = new(entry.Open());
        return reader.ReadToEnd();
    }
}
