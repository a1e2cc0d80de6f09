using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Tests.Hosting;
using Preempt.Testing;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>The code that a test's functions run.</summary>
public sealed class Scripts
{
    public Func<TaskOrchestrationContext, Task<object?>> Main { get; set; } = static _ => Task.FromResult<object?>(null);

    public Func<TaskOrchestrationContext, Task<object?>> Child { get; set; } = static _ => Task.FromResult<object?>(null);

    public Func<string, FunctionContext, DurableTaskClient, Task<object?>> Work { get; set; } =
        static (input, _, _) => Task.FromResult<object?>(input);

    public Func<TaskEntityOperation, ValueTask<object?>> Entity { get; set; } = static _ => default;
}

/// <summary>Functions that run a test's code: two orchestrators, an activity, an entity, and one entity that counts.</summary>
public sealed class ScriptedFunctions(Scripts scripts)
{
    [Function("Main")]
    public Task<object?> Main([OrchestrationTrigger] TaskOrchestrationContext context) => scripts.Main(context);

    [Function("Child")]
    public Task<object?> Child([OrchestrationTrigger] TaskOrchestrationContext context) => scripts.Child(context);

    [Function("Work")]
    public Task<object?> Work([ActivityTrigger] string input, FunctionContext function, [DurableClient] DurableTaskClient client) =>
        scripts.Work(input, function, client);

    [Function("Entity")]
    public Task Entity([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync(scripts.Entity);

    [Function("Counter")]
    public static Task Counter([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Counter>();
}

/// <summary>An entity that counts.</summary>
public sealed class Counter : TaskEntity<int>
{
    public int Add(int amount) => State += amount;

    public int Get() => State;

    public int AddAndFail(int amount)
    {
        State += amount;
        throw new InvalidOperationException("after all, no");
    }
}

/// <summary>An app of scripted functions on a host that skips time.</summary>
internal sealed class EngineApp : IDisposable
{
    public static readonly EntityInstanceId CounterId = new("Counter", "c");
    public static readonly EntityInstanceId EntityId = new("Entity", "e");

    public EngineApp(Action<DurableTestHostOptions>? configure = null)
    {
        DurableTestHostOptions options = new()
        {
            ConfigureServices = services => services.AddSingleton(Scripts).AddLogging(logging => logging.AddProvider(Logs)),
        };
        options.FunctionTypes.Add(typeof(ScriptedFunctions));
        configure?.Invoke(options);
        Host = new DurableTestHost(options);
    }

    public Scripts Scripts { get; } = new();

    public DurableTestHost Host { get; }

    public DurableTaskClient Client => Host.Client;

    public RecordedLogs Logs { get; } = new();

    public TimeProvider Time => Host.Services.GetRequiredService<TimeProvider>();

    /// <summary>What the functions of the test note as they run.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Has a client ask for something. Whatever follows from it runs only when the test waits on the host.</summary>
    public T Ask<T>(Func<DurableTaskClient, Task<T>> call) => Host.Run(() => call(Client));

    public void Do(Func<DurableTaskClient, Task> call) => Ask(async client =>
    {
        await call(client);
        return true;
    });

    public string Start(object? input = null, StartOrchestrationOptions? options = null, string name = "Main") =>
        Ask(client => client.ScheduleNewOrchestrationInstanceAsync(name, input, options));

    public string Start(string instanceId, object? input = null) => Start(input, new StartOrchestrationOptions(instanceId));

    /// <summary>Has the main orchestrator run this, and starts it.</summary>
    public string Start(Func<TaskOrchestrationContext, Task<object?>> main)
    {
        Scripts.Main = main;
        return Start();
    }

    /// <summary>Has the main orchestrator run this, and returns what became of it.</summary>
    public OrchestrationMetadata Run(Func<TaskOrchestrationContext, Task<object?>> main) => End(Start(main));

    /// <summary>Runs until the orchestration has ended.</summary>
    public OrchestrationMetadata End(string instanceId)
    {
        Host.RunUntil(() => Get(instanceId).IsCompleted, TimeSpan.FromDays(400));
        return Get(instanceId);
    }

    /// <summary>Runs until the orchestration has ended, and returns its output.</summary>
    public T? Output<T>(string instanceId)
    {
        OrchestrationMetadata ended = End(instanceId);
        Assert.True(ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed, $"{ended}: {ended.FailureDetails} {ended.FailureDetails?.StackTrace}");
        return ended.ReadOutputAs<T>();
    }

    /// <summary>The orchestration as it is, without running anything.</summary>
    public OrchestrationMetadata Get(string instanceId) => Find(instanceId)!;

    public OrchestrationMetadata? Find(string instanceId) =>
        Ask(client => client.GetInstanceAsync(instanceId, getInputsAndOutputs: true));

    /// <summary>Runs all that can run now, and lets no time pass.</summary>
    public void Settle() => Host.Advance(TimeSpan.Zero);

    public void Raise(string instanceId, string name, object? payload = null) =>
        Do(client => client.RaiseEventAsync(instanceId, name, payload));

    public void Terminate(string instanceId, object? output = null, bool recursive = false) =>
        Do(client => client.TerminateInstanceAsync(instanceId, new TerminateInstanceOptions(output, recursive)));

    public void Signal(EntityInstanceId entity, string operation, object? input = null, SignalEntityOptions? options = null) =>
        Do(client => client.Entities.SignalEntityAsync(entity, operation, input, options));

    /// <summary>The state of an entity that has one.</summary>
    public T State<T>(EntityInstanceId entity) => Ask(client => client.Entities.GetEntityAsync<T>(entity))!.State;

    public List<T> List<T>(Func<DurableTaskClient, AsyncPageable<T>> query)
        where T : notnull => Ask(client => query(client).ToListAsync().AsTask());

    public void Dispose() => Host.Dispose();
}
