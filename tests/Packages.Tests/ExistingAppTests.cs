using System.Text.Json;

namespace Preempt.Packages.Tests;

/// <summary>A function app that was there before, with functions of its own, and now has the packages and the one line.</summary>
public sealed class ExistingAppTests(PackedPackages packages)
{
    [Fact]
    public async Task An_app_with_functions_of_its_own_takes_the_packages_and_one_line()
    {
        string directory = Directory.CreateDirectory(Path.Combine(packages.Workspace, "existing")).FullName;
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "ExistingApp")))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));

        string[] versions =
        [
            $"-property:PreemptVersion={packages.Version}",
            .. from part in (string[])["", ".Sdk", ".Extensions.DurableTask", ".Extensions.Http.AspNetCore", ".Extensions.Timer"]
               select $"-property:{part.Replace(".", "", StringComparison.Ordinal)}WorkerVersion={PackedPackages.VersionOf($"Microsoft.Azure.Functions.Worker{part}")}",
        ];
        string built = await Dotnet.RunAsync(directory, ["build", .. versions]);
        Assert.Empty(PackedPackages.Warnings(built));

        using AppAlone app = await AppAlone.StartAsync(directory, "ExistingApp.csproj");
        Assert.Equal("Hello, Ada!", (await app.GetAsync("api/greetings/Ada")).GetString());
        Assert.Equal(["Hello, Ada!", "Hello, Grace!"], (await app.PostAsync("api/greetings", (string[])["Ada", "Grace"])).EnumerateArray().Select(text => text.GetString()));
        Assert.Equal("Healthy", (await app.GetAsync("api/health")).GetProperty("status").GetString());
        JsonElement run = await app.PostAsync("api/workflows/shout/runs", new { input = "hello" });
        JsonElement ended = await app.GetAsync($"api/runs/{run.GetProperty("id").GetString()}?wait=60s");
        Assert.Equal("HELLO", ended.GetProperty("output").GetString());
    }
}
