using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Preempt.Embedded.Store;
using Preempt.Embedded.Tests.Hosting;

namespace Preempt.Embedded.Tests.Store;

public sealed class StoreSettingTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-setting-");

    private string Path => System.IO.Path.Combine(_directory.FullName, "deep", "store");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Memory_is_a_store_without_files() => Assert.IsType<MemoryStore>(StoreSetting.Open(Settings("memory")));

    [Fact]
    public void Anything_else_is_a_directory_which_is_made()
    {
        using (Assert.IsType<SqliteStore>(StoreSetting.Open(Settings(Path))))
            Assert.True(Directory.Exists(Path));
    }

    [Fact]
    public async Task An_app_finds_what_the_app_before_it_left()
    {
        string id;
        await using (TestApp app = await StartAsync())
        {
            id = await app.Durable.ScheduleNewOrchestrationInstanceAsync(nameof(TwoWords.Greet), "Ada");
            await app.Durable.WaitForInstanceStartAsync(id);
        }

        await using (TestApp app = await StartAsync())
        {
            await app.Durable.RaiseEventAsync(id, "Word", "Hello");
            OrchestrationMetadata ended = await app.Durable.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
            Assert.Equal("Hello Ada", ended.ReadOutputAs<string>());
        }

        await using (TestApp app = await StartAsync())
            Assert.Equal("Hello Ada", (await app.Durable.GetInstanceAsync(id, getInputsAndOutputs: true))?.ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_second_app_on_the_same_store_does_not_start_and_says_why()
    {
        await using TestApp app = await StartAsync();
        UnusableStoreException refusal = await Assert.ThrowsAsync<UnusableStoreException>(StartAsync);
        Assert.Contains($"'{Path}' is in use", refusal.Message, StringComparison.Ordinal);
    }

    private Task<TestApp> StartAsync() => TestApp.StartAsync(TestApp.NewBuilder([typeof(TwoWords)], "--Preempt:Store", Path));

    private static IConfiguration Settings(string store) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(StoreSetting.Name, (string?)store)]).Build();

    public static class TwoWords
    {
        [Function(nameof(Greet))]
        public static async Task<string> Greet([OrchestrationTrigger] TaskOrchestrationContext context) =>
            $"{await context.WaitForExternalEvent<string>("Word", CancellationToken.None)} {context.GetInput<string>()}";
    }
}
