using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Protobuf;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;
using Preempt.Embedded.Tests.Engine;
using Preempt.Embedded.Tests.Hosting;

namespace Preempt.Embedded.Tests.Store;

/// <summary>A store on the disk that one engine after the other works on, and that tests damage in between.</summary>
internal sealed class DamagedStore : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-store-");

    /// <summary>Bytes that are no UTF-8, and no text of an id.</summary>
    public static byte[] NoText => [(byte)'"', 0xED, 0xFF, 0xC3, (byte)'"'];

    public string Path => _directory.FullName;

    public string File => System.IO.Path.Combine(Path, "store.db");

    /// <summary>What the engines have logged as errors.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Does something with an engine on the store, as a process of its own would.</summary>
    /// <param name="act">What it does.</param>
    /// <param name="answersCalls">Whether entities come to their end.</param>
    public async Task RunAsync(Func<DurableTaskClient, Task> act, bool answersCalls = true)
    {
        using RecordedLogs logs = new();
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddProvider(logs));
        using SqliteStore store = SqliteStore.Open(Path);
        FunctionTable functions = NewFunctions();
        if (!answersCalls)
            functions.Entities["List"] = static _ => new TaskCompletionSource<EntityBatchResult>().Task;
        using DurableEngine engine = new(new EngineOptions { Store = store }, functions, TimeProvider.System, loggers);
        Exception? failure = null;
        engine.Failed += () => failure = logs.Entries.Last(entry => entry.Level == LogLevel.Critical).Exception;
        engine.Start();
        await act(engine.Client);
        Assert.Null(failure);
        await engine.StopAsync(CancellationToken.None);
        Errors.AddRange(logs.Entries.Where(entry => entry.Level == LogLevel.Error).Select(entry => entry.Message));
    }

    private static FunctionTable NewFunctions()
    {
        FunctionTable functions = new();
        functions.Orchestrators.Add("Waits", static async context =>
        {
            await context.WaitForExternalEvent<string?>("go", CancellationToken.None);
            return context.GetInput<string>();
        });
        functions.Orchestrators.Add("WaitsAndFails", static async context =>
        {
            await context.WaitForExternalEvent<string?>("go", CancellationToken.None);
            throw new InvalidOperationException("It failed.");
        });
        functions.Orchestrators.Add("Returns", static context => Task.FromResult<object?>(context.GetInput<string>()));
        functions.Orchestrators.Add("Fails", static _ => throw new InvalidOperationException("It failed."));
        functions.Orchestrators.Add("Calls", static async context =>
            await context.Entities.CallEntityAsync<int>(new EntityInstanceId("List", context.GetInput<string>()!), "Add", 1));
        functions.Orchestrators.Add("Parent", static async context =>
        {
            string[] child = context.GetInput<string>()!.Split(' ');
            return await context.CallSubOrchestratorAsync<string>(child[0], $"input of {child[1]}", new SubOrchestrationOptions(instanceId: child[1]));
        });
        functions.Entities.Add("List", EntityFunctions.Of(static () => new ListEntity()));
        return functions;
    }

    /// <summary>Overwrites a column, where a condition in SQL holds.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">The column.</param>
    /// <param name="value">A number, a text, or bytes that are put where a text or an id was.</param>
    /// <param name="where">The condition.</param>
    public void Damage(string table, string column, object value, string where)
    {
        bool isText = column != "id" && value is byte[];
        string stored = isText ? "CAST($value AS TEXT)" : "$value";
        Assert.Equal(1, Execute($"UPDATE {table} SET {column} = {stored} WHERE {where}", value));
    }

    /// <inheritdoc cref="Damage(string, string, object, string)" />
    public void DamageInstance(string instanceId, string column, object value)
    {
        bool isState = column is "execution" or "status" or "updated_at" or "custom_status" or "output" or "failure";
        string number = $"(SELECT number FROM instance WHERE CAST(id AS TEXT) = '{instanceId}')";
        if (isState)
            Damage("state", column, value, $"instance = {number}");
        else
            Damage("instance", column, value, $"number = {number}");
    }

    public int Execute(string sql, object? value = null) => Use(sql, value, static command => command.ExecuteNonQuery());

    public object? Read(string sql, object? value = null) => Use(sql, value, static command => command.ExecuteScalar());

    private T Use<T>(string sql, object? value, Func<SqliteCommand, T> use)
    {
        using SqliteConnection connection = new($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is a test's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        if (value is not null)
            command.Parameters.AddWithValue("$value", value);
        return use(command);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}

/// <summary>What tests of damaged stores ask of an engine.</summary>
internal static class DamagedStoreClient
{
    public static async Task StartAsync(this DurableTaskClient client, string name, params string[] instanceIds)
    {
        foreach (string id in instanceIds)
        {
            await client.ScheduleNewOrchestrationInstanceAsync(name, $"input of {id}", new StartOrchestrationOptions(id));
            await client.WaitForInstanceStartAsync(id);
        }
    }

    /// <summary>Starts an instance that starts another and waits for it.</summary>
    public static async Task StartParentAsync(this DurableTaskClient client, string parentId, string child, string childId)
    {
        await client.ScheduleNewOrchestrationInstanceAsync("Parent", $"{child} {childId}", new StartOrchestrationOptions(parentId));
        await client.WaitForInstanceStartAsync(parentId);
        await client.WaitForInstanceStartAsync(childId);
    }

    /// <summary>Suspends an instance, and returns when it is.</summary>
    public static async Task SuspendAsync(this DurableTaskClient client, string instanceId)
    {
        await client.SuspendInstanceAsync(instanceId);
        using CancellationTokenSource patience = new(DamagedStore.Patience);
        while ((await client.GetInstanceAsync(instanceId))!.RuntimeStatus != OrchestrationRuntimeStatus.Suspended)
            await Task.Delay(10, patience.Token);
    }

    public static Task<OrchestrationMetadata> EndAsync(this DurableTaskClient client, string instanceId) =>
        client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true).WaitAsync(DamagedStore.Patience);

    /// <summary>Has an instance that waits complete.</summary>
    public static async Task CompleteAsync(this DurableTaskClient client, string instanceId)
    {
        await client.RaiseEventAsync(instanceId, "go");
        OrchestrationMetadata ended = await client.EndAsync(instanceId);
        Assert.Equal((OrchestrationRuntimeStatus.Completed, $"\"input of {instanceId}\""), (ended.RuntimeStatus, ended.SerializedOutput));
    }

    /// <summary>Has an orchestration call an entity that keeps a list, and returns how it ended.</summary>
    public static async Task<OrchestrationMetadata> CallAsync(this DurableTaskClient client, string key)
    {
        string id = await client.ScheduleNewOrchestrationInstanceAsync("Calls", key);
        return await client.EndAsync(id);
    }

    /// <summary>The ids of all instances that begin so, in pages of one.</summary>
    public static async Task<List<string>> ListAsync(this DurableTaskClient client, string prefix = "")
    {
        OrchestrationQuery query = new(InstanceIdPrefix: prefix, PageSize: 1);
        return [.. await client.GetAllInstancesAsync(query).Take(100).Select(static instance => instance.InstanceId).ToListAsync()];
    }
}
