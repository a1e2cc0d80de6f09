using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt.Benchmarks;

/// <summary>An entity that counts.</summary>
public sealed class Counter : TaskEntity<long>
{
    public long Add(int amount) => State += amount;
}

/// <summary>The functions that the benchmarks run.</summary>
public static class BenchmarkFunctions
{
    /// <summary>More than any benchmark sends to one instance.</summary>
    private const int MostEvents = 1_000_000;

    [Function("Events")]
    public static async Task Events([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        for (int number = 0; number < MostEvents; number++)
            await context.WaitForExternalEvent<int>("next");
    }

    [Function(nameof(Counter))]
    public static Task Counter([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Counter>();
}
