using System.Text.Json;
using System.Text.RegularExpressions;

namespace Preempt.Packages.Tests;

/// <summary>What gets into the app is what was reviewed: locked packages, and no code of tests or npm where it is published.</summary>
public sealed partial class SupplyChainTests
{
    private static readonly string Root = PackedPackages.RepositoryRoot;

    public static TheoryData<string> Projects => [.. SolutionProject().Matches(File.ReadAllText(Path.Combine(Root, "Functions.sln"))).Select(match => match.Groups[1].Value.Replace('\\', '/'))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_project_has_its_packages_locked_with_their_hashes(string project)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Root, project))!;
        string file = Assert.Single(Directory.GetFiles(folder, "packages.*lock.json"), path => !path.Contains(".osx", StringComparison.Ordinal) && !path.Contains(".win", StringComparison.Ordinal));
        JsonElement locked = JsonElement.Parse(File.ReadAllText(file)).GetProperty("dependencies");
        JsonProperty[] packages = [.. locked.EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()).Where(package => package.Value.GetProperty("type").GetString() != "Project")];
        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.True(package.Value.GetProperty("contentHash").GetString() is { Length: > 40 }, package.Name));
    }

    [Theory]
    [InlineData(".ci/run")]
    [InlineData(".ci/publish")]
    public void What_CI_restores_is_locked(string script)
    {
        string[] restores = [.. File.ReadAllLines(Path.Combine(Root, script)).Where(line => line.StartsWith("dotnet restore", StringComparison.Ordinal))];
        Assert.NotEmpty(restores);
        Assert.All(restores, restore => Assert.Contains("--locked-mode", restore, StringComparison.Ordinal));
    }

    [Fact]
    public void The_job_that_publishes_runs_no_tests_and_no_npm()
    {
        Dictionary<string, string> jobs = ReadJobs("deploy.yml");
        Assert.Equal(["test", "dashboard", "publish", "deploy"], jobs.Keys);
        Assert.Contains(".ci/publish", jobs["publish"], StringComparison.Ordinal);
        string published = jobs["publish"] + File.ReadAllText(Path.Combine(Root, ".ci", "publish"));
        Assert.DoesNotMatch(@"\bnpm\b|setup-node|\bnode\b|dotnet test|\.ci/run", published);
        Assert.Contains("PrebuiltDashboard", published, StringComparison.Ordinal);
        Assert.Contains("sbom-tool generate", published, StringComparison.Ordinal);
        Assert.DoesNotContain("id-token", jobs["test"] + jobs["dashboard"] + jobs["publish"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ci.yml", "test")]
    [InlineData("deploy.yml", "test")]
    public void Known_vulnerabilities_are_looked_for(string workflow, string job) => Assert.Contains(".ci/audit", ReadJobs(workflow)[job], StringComparison.Ordinal);

    [Fact]
    public void Every_action_is_pinned_to_a_commit()
    {
        string[] used = [.. Directory.GetFiles(Path.Combine(Root, ".github", "workflows")).SelectMany(File.ReadAllLines).Where(line => line.Contains("uses:", StringComparison.Ordinal))];
        Assert.NotEmpty(used);
        Assert.All(used, line => Assert.Matches(@"uses: [\w./-]+@[0-9a-f]{40} # v", line));
    }

    /// <summary>The jobs of a workflow, by name, as text.</summary>
    private static Dictionary<string, string> ReadJobs(string workflow)
    {
        string text = File.ReadAllText(Path.Combine(Root, ".github", "workflows", workflow)).ReplaceLineEndings("\n");
        string jobs = text[(text.IndexOf("\njobs:\n", StringComparison.Ordinal) + "\njobs:\n".Length)..];
        Match[] heads = [.. JobHead().Matches(jobs).OfType<Match>()];
        return heads.Select((head, number) => (head.Groups[1].Value, Text: jobs[head.Index..(number + 1 < heads.Length ? heads[number + 1].Index : jobs.Length)]))
            .ToDictionary(job => job.Value, job => job.Text);
    }

    [GeneratedRegex(@"""([^""]+\.csproj)""")]
    private static partial Regex SolutionProject();

    [GeneratedRegex(@"^  (\w+):$", RegexOptions.Multiline)]
    private static partial Regex JobHead();
}
