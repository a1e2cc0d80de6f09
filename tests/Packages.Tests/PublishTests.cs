using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Preempt.Http;
using Preempt.Queues;

namespace Preempt.Packages.Tests;

/// <summary>What <c>dotnet publish</c> puts out is all that Azure needs.</summary>
public sealed class PublishTests
{
    /// <summary>Functions that answer without a key.</summary>
    private static readonly string[] Open = ["PreemptHttpDashboard", "PreemptHttpHealth"];

    [Fact]
    public async Task The_published_app_is_complete()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("preempt-publish-");
        try
        {
            string project = Path.Combine("src", "Functions", "Functions.csproj");
            await Dotnet.RunAsync(
                PackedPackages.RepositoryRoot, "publish", project, "--no-build", "--configuration", PackedPackages.Configuration, "--output", directory.FullName);

            Assert.All(
                (string[])["Preempt.Functions.dll", "host.json", "functions.metadata", "worker.config.json", "extensions.json"],
                name => Assert.True(File.Exists(Path.Combine(directory.FullName, name)), name));
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(directory.FullName, ".azurefunctions"), "*.dll"));
            Assert.False(File.Exists(Path.Combine(directory.FullName, "local.settings.json")));

            JsonElement worker = await ReadAsync(directory, "worker.config.json");
            Assert.Equal("Preempt.Functions.dll", worker.GetProperty("description").GetProperty("defaultWorkerPath").GetString());
            string extensions = (await ReadAsync(directory, "extensions.json")).ToString();
            Assert.All((string[])["DurableTask", "AzureStorageQueues"], name => Assert.Contains($"\"{name}\"", extensions, StringComparison.Ordinal));
            string[] published = [.. (await ReadAsync(directory, "functions.metadata")).EnumerateArray().Select(Describe)];
            Assert.Equal(Expected(), published.Where(line => line.StartsWith("Preempt", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            Assert.Contains(published, line => line.StartsWith("NightlyBatchTimer timerTrigger", StringComparison.Ordinal));
            Assert.Equal(Open, published.Where(line => line.EndsWith(" Anonymous", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<JsonElement> ReadAsync(DirectoryInfo directory, string name) =>
        JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(directory.FullName, name), TestContext.Current.CancellationToken));

    /// <summary>Name, trigger, route and level of a function, as the host reads them.</summary>
    private static string Describe(JsonElement function)
    {
        JsonElement trigger = Assert.Single(
            function.GetProperty("bindings").EnumerateArray(),
            binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal));
        string[] words = [.. from name in (string[])["type", "route", "authLevel"] where trigger.TryGetProperty(name, out _) select trigger.GetProperty(name).ToString()];
        return $"{function.GetProperty("name")} {string.Join(' ', words)}";
    }

    /// <summary>The same of the functions in the code of the library, of the API and of the queues.</summary>
    private static IEnumerable<string> Expected()
    {
        string[] functions =
        [
            .. from assembly in (Assembly[])[typeof(PreemptFunctions).Assembly, typeof(RunEndpoints).Assembly, typeof(CommandFunctions).Assembly]
               from type in assembly.GetTypes()
               from method in type.GetMethods()
               let function = method.GetCustomAttribute<FunctionAttribute>()
               where function is not null
               let trigger = method.GetParameters()
                   .SelectMany(parameter => parameter.GetCustomAttributes())
                   .Single(attribute => attribute.GetType().Name.EndsWith("TriggerAttribute", StringComparison.Ordinal))
               select $"{function.Name} {Describe(trigger)}",
        ];
        Assert.NotEmpty(functions);
        return functions.Order(StringComparer.Ordinal);
    }

    private static string Describe(Attribute trigger)
    {
        string type = trigger.GetType().Name[..^nameof(Attribute).Length];
        string name = char.ToLowerInvariant(type[0]) + type[1..];
        return trigger is HttpTriggerAttribute http ? $"{name} {http.Route} {http.AuthLevel}" : name;
    }
}
