using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Preempt.Packages.Tests;

/// <summary>The namespaces of Microsoft's packages are Microsoft's.</summary>
public sealed class NamespaceTests(PackedPackages packages)
{
    private static readonly string[] Foreign = ["Microsoft", "DurableTask"];

    [Fact]
    public async Task No_type_of_ours_is_in_a_namespace_of_Microsoft()
    {
        Dictionary<string, string[]> found = [];
        foreach (string file in Directory.GetFiles(packages.Feed, "*.nupkg"))
        {
            await using ZipArchive package = await ZipFile.OpenReadAsync(file, TestContext.Current.CancellationToken);
            foreach (ZipArchiveEntry entry in package.Entries.Where(entry => IsOurs(entry.Name)))
            {
                using MemoryStream assembly = new();
                await using Stream packed = await entry.OpenAsync(TestContext.Current.CancellationToken);
                await packed.CopyToAsync(assembly, TestContext.Current.CancellationToken);
                assembly.Position = 0;
                found[entry.Name] = NamespacesOf(assembly);
            }
        }

        string app = Path.Combine(PackedPackages.RepositoryRoot, "src", "Functions", "bin", PackedPackages.Configuration, "net10.0", "Preempt.Functions.dll");
        await using (FileStream assembly = File.OpenRead(app))
            found["Preempt.Functions.dll"] = NamespacesOf(assembly);

        // Each project of src has an assembly, except that of the templates.
        int assemblies = Directory.GetFiles(Path.Combine(PackedPackages.RepositoryRoot, "src"), "*.csproj", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 1,
        }).Length - 1;
        Assert.Equal(assemblies, found.Count);
        Assert.All(found, assembly => Assert.DoesNotContain(assembly.Value, name => Foreign.Contains(name.Split('.')[0])));
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("Preempt", StringComparison.Ordinal) && name.EndsWith(".dll", StringComparison.Ordinal);

    private static string[] NamespacesOf(Stream assembly)
    {
        using PEReader file = new(assembly);
        MetadataReader metadata = file.GetMetadataReader();
        // The compiler adds one of its own, for analyzers, whose framework does not have what it marks with it.
        string[] namespaces =
        [
            .. metadata.TypeDefinitions.Select(metadata.GetTypeDefinition)
                .Where(type => !metadata.StringComparer.Equals(type.Name, "EmbeddedAttribute"))
                .Select(type => metadata.GetString(type.Namespace))
                .Distinct(),
        ];
        Assert.Contains(namespaces, name => name.StartsWith("Preempt", StringComparison.Ordinal));
        return namespaces;
    }
}
