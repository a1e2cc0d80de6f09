using System.Text.Json;

namespace Preempt.Packages.Tests;

/// <summary>What somebody new does: an app from the template, in an empty directory.</summary>
public sealed class TemplateTests(PackedPackages packages)
{
    [Fact]
    public async Task An_app_of_the_template_builds_runs_alone_and_passes_its_test()
    {
        string directory = Directory.CreateDirectory(Path.Combine(packages.Workspace, "template")).FullName;
        string hive = packages.TemplateHive;
        string template = Path.Combine(packages.Feed, $"Preempt.Templates.{packages.Version}.nupkg");
        await Dotnet.RunAsync(directory, "new", "install", template, "--debug:custom-hive", hive);
        await Dotnet.RunAsync(directory, "new", "preempt", "-n", "MyApp", "--debug:custom-hive", hive);
        string solution = Path.Combine(directory, "MyApp");

        string built = await Dotnet.RunAsync(solution, "build");
        Assert.Empty(PackedPackages.Warnings(built));

        using (AppAlone app = await AppAlone.StartAsync(solution, "MyApp"))
        {
            string first = await StartAsync(app, "What is a monad?", seconds: 600);
            string second = await StartAsync(app, "Never mind. What is a monoid?", seconds: 0.1);
            JsonElement newer = await EndAsync(app, second);
            Assert.Equal("Succeeded", newer.GetProperty("status").GetString());
            Assert.Equal("You said: Never mind. What is a monoid?", newer.GetProperty("output").GetString());
            JsonElement older = await EndAsync(app, first);
            Assert.Equal("Cancelled", older.GetProperty("status").GetString());
            Assert.Equal(second, older.GetProperty("stop").GetProperty("supersededBy").GetString());
        }

        string tested = await Dotnet.RunAsync(solution, "test", "--no-build");
        Assert.Contains("succeeded: 1", tested, StringComparison.Ordinal);
    }

    private static async Task<string> StartAsync(AppAlone app, string message, double seconds)
    {
        JsonElement run = await app.PostAsync("api/workflows/chat-reply/runs", new { input = new { userId = "ada", message, seconds } });
        return run.GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> EndAsync(AppAlone app, string id)
    {
        JsonElement run = await app.GetAsync($"api/runs/{id}?wait=60s");
        Assert.True(run.GetProperty("endedAt").ValueKind == JsonValueKind.String, run.ToString());
        return run;
    }
}
