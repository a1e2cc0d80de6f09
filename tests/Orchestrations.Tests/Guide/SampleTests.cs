using System.Text.RegularExpressions;

namespace Preempt.Tests.Guide;

/// <summary>The samples of docs/testing.md are code of tests, which are compiled and run.</summary>
public sealed partial class SampleTests
{
    private static readonly string[] Sources = ["Orchestrations.Tests/Guide", "Functions.Tests"];

    [Fact]
    public void Every_sample_of_the_guide_stands_in_a_test()
    {
        DirectoryInfo root = FindRoot();
        string guide = File.ReadAllText(Path.Combine(root.FullName, "docs", "testing.md"));
        string code = Flatten(string.Join('\n', Sources.SelectMany(folder => Directory.GetFiles(Path.Combine(root.FullName, "tests", folder), "*.cs")).Select(File.ReadAllText)));

        string[] samples = [.. Sample().Matches(guide).Select(match => match.Groups[1].Value)];

        Assert.InRange(samples.Length, 4, 100);
        Assert.All(samples, sample => Assert.Contains(Flatten(sample), code, StringComparison.Ordinal));
    }

    private static string Flatten(string text) => Space().Replace(text, " ").Trim();

    /// <summary>The repository, in which the test's output lies.</summary>
    private static DirectoryInfo FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Functions.sln")))
            directory = directory.Parent;
        return directory ?? throw new InvalidOperationException($"'{AppContext.BaseDirectory}' is not in the repository.");
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
