using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt.Load;

/// <summary>What a load run is given: its concurrency key.</summary>
public sealed record LoadInput(string Key);

/// <summary>One step, one run per key; the others wait.</summary>
public sealed class Gated : Workflow<LoadInput, int>
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", maxRuns: 1, ConcurrencyStrategy.Queue);

    public override Task<int> RunAsync(RunContext run, LoadInput input) => run.CallStepAsync<Nothing, int>(1);
}

/// <summary>Returns what it is given.</summary>
public sealed class Nothing : Step<int, int>
{
    public override Task<int> RunAsync(StepContext step, int input) => Task.FromResult(input);
}

/// <summary>Runs that have begun and wait: more of them than the host runs activities at one time.</summary>
public sealed class Parked : Workflow<LoadInput, int>
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input.key}", maxRuns: 1, ConcurrencyStrategy.Queue);

    public override async Task<int> RunAsync(RunContext run, LoadInput input)
    {
        await run.DelayAsync("1 day");
        return 0;
    }
}

/// <summary>One step that works until it is told to stop.</summary>
public sealed class Held : Workflow<LoadInput, int>
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress);

    public override Task<int> RunAsync(RunContext run, LoadInput input) => run.CallStepAsync<Hold, int>(input.Key);
}

/// <summary>Works until its token fires, and notes when it began and when that was.</summary>
public sealed class Hold(HoldTimes times) : Step<string, int>
{
    public override async Task<int> RunAsync(StepContext step, string input)
    {
        Task held = Task.Delay(Timeout.Infinite, step.CancellationToken);
        // What is registered last is told first: this code goes on only after the time is noted.
        using CancellationTokenRegistration noted = step.CancellationToken.Register(() => times.Fired(input));
        times.Began(input);
        await held;
        return 0;
    }
}

/// <summary>When the tokens of held steps fired.</summary>
public sealed class HoldTimes
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _began = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _fired = new();

    public void Began(string key) => Note(_began, key);

    public void Fired(string key) => Note(_fired, key);

    /// <summary>When the step of that key began, as a timestamp of the stopwatch.</summary>
    public Task<long> BeganAsync(string key) => Of(_began, key).Task;

    /// <summary>When its token fired.</summary>
    public Task<long> FiredAsync(string key) => Of(_fired, key).Task;

    private static void Note(ConcurrentDictionary<string, TaskCompletionSource<long>> times, string key) =>
        Of(times, key).TrySetResult(Stopwatch.GetTimestamp());

    private static TaskCompletionSource<long> Of(ConcurrentDictionary<string, TaskCompletionSource<long>> times, string key) =>
        times.GetOrAdd(key, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>An entity that counts.</summary>
public sealed class Counter : TaskEntity<long>
{
    public long Add(int amount) => State += amount;
}

/// <summary>The functions under load.</summary>
public static class LoadFunctions
{
    /// <summary>Calls of the entity that one orchestration makes, one after the other.</summary>
    public const int CallsEach = 20;

    [Function("Bare")]
    public static Task<int> Bare([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<int>("Echo", 1);

    [Function("Echo")]
    public static int Echo([ActivityTrigger] int input) => input;

    [Function("Counting")]
    public static async Task Counting([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        for (int call = 0; call < CallsEach; call++)
            await context.Entities.CallEntityAsync<long>(new EntityInstanceId(nameof(Counter), "one"), nameof(Load.Counter.Add), 1);
    }

    [Function(nameof(Counter))]
    public static Task Counter([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Counter>();
}
