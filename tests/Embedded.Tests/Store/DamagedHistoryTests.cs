using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Tests.Store;

/// <summary>A store in which a history is no history any more: its instance fails, and says so; the app starts, and all others go on.</summary>
public sealed class DamagedHistoryTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-store-");

    public static TheoryData<string> Damages => ["", "null", "[null]", "[", "[{\"$\":\"none\"}]", "[{\"$\":\"task\"}]", "\0\u00ff", "[{\"$\":\"taskFailed\",\"Failure\":null}]"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Its_instance_fails_with_a_sentence_and_the_others_go_on(string damage)
    {
        await RunAsync(static async client =>
        {
            await client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("damaged"));
            await client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("whole"));
            await client.WaitForInstanceStartAsync("damaged");
            await client.WaitForInstanceStartAsync("whole");
        });
        Damage(damage);

        await RunAsync(static async client =>
        {
            OrchestrationMetadata damaged = await client.WaitForInstanceCompletionAsync("damaged", getInputsAndOutputs: true).WaitAsync(Patience);
            Assert.Equal(OrchestrationRuntimeStatus.Failed, damaged.RuntimeStatus);
            Assert.StartsWith("The history of 'damaged' in the store cannot be read: ", damaged.FailureDetails!.ErrorMessage, StringComparison.Ordinal);

            await client.RaiseEventAsync("whole", "go");
            OrchestrationMetadata whole = await client.WaitForInstanceCompletionAsync("whole").WaitAsync(Patience);
            Assert.Equal(OrchestrationRuntimeStatus.Completed, whole.RuntimeStatus);
        });
    }

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Does something with an engine on the store, as a process of its own would.</summary>
    private async Task RunAsync(Func<DurableTaskClient, Task> act)
    {
        FunctionTable functions = new();
        functions.Orchestrators.Add("Waits", static async context => await context.WaitForExternalEvent<string?>("go", CancellationToken.None));
        using SqliteStore store = SqliteStore.Open(_directory.FullName);
        using DurableEngine engine = new(new EngineOptions { Store = store }, functions, TimeProvider.System, NullLoggerFactory.Instance);
        bool hasFailed = false;
        engine.Failed += () => hasFailed = true;
        engine.Start();
        await act(engine.Client);
        Assert.False(hasFailed);
        await engine.StopAsync(CancellationToken.None);
    }

    private void Damage(string events)
    {
        string file = Assert.Single(Directory.GetFiles(_directory.FullName, "*.db"));
        using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "UPDATE history SET events = $events WHERE instance = (SELECT number FROM instance WHERE CAST(id AS TEXT) LIKE 'damaged%')";
        command.Parameters.AddWithValue("$events", events);
        Assert.True(command.ExecuteNonQuery() > 0);
    }
}
