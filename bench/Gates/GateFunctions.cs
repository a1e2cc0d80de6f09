using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Bench.Gates;

/// <summary>The functions of an app that has gates and nothing else.</summary>
public static class GateFunctions
{
    [Function(PreemptFunctions.Gate)]
    public static Task Gate([EntityTrigger] TaskEntityDispatcher dispatcher, [DurableClient] DurableTaskClient client) =>
        dispatcher.DispatchAsync(new MeasuredGate(client));

    /// <summary>Tells nobody: the runs of this benchmark are names.</summary>
    [Function(PreemptFunctions.HandOff)]
    public static Task HandOff([OrchestrationTrigger] TaskOrchestrationContext _) => Task.CompletedTask;
}
