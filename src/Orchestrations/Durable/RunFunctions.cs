using System.ComponentModel;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Durable;

/// <summary>
/// The functions of runs. The platform calls them; nobody else does. The inputs of activities are JSON here, because the types of what
/// travels between Preempt's own functions are nobody else's concern.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RunFunctions
{
    /// <summary>Runs any workflow, by the name in its input.</summary>
    [Function(PreemptFunctions.Run)]
    public static async Task<object> Run([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        await WorkflowRunner.RunAsync(context, function.InstanceServices.GetRequiredService<WorkflowRegistry>());

    /// <summary>Tells runs that a gate has admitted them.</summary>
    [Function(PreemptFunctions.HandOff)]
    public static Task HandOff([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.HandOff(context);

    /// <summary>Keeps an idempotency key and its run together.</summary>
    [Function(PreemptFunctions.Claim)]
    public static Task<string> Claim([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.Claim(context);

    /// <summary>Removes what is no longer needed.</summary>
    [Function(PreemptFunctions.CleanUp)]
    public static Task CleanUp([OrchestrationTrigger] TaskOrchestrationContext context) => CleanUpWork.RunAsync(context);

    /// <summary>Deletes a run once it has ended.</summary>
    [Function(PreemptFunctions.DeleteRun)]
    public static Task DeleteRun([OrchestrationTrigger] TaskOrchestrationContext context) => RunDeletion.RunAsync(context);

    /// <summary>Deletes a run that has ended.</summary>
    [Function(PreemptFunctions.PurgeRun)]
    public static Task<bool> PurgeRun(
        [ActivityTrigger] string runId, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        RunDeletion.PurgeAsync(runId, client, function.CancellationToken);

    /// <summary>Starts a run for another.</summary>
    /// <returns>What the other decided: the run's id, or why none was started.</returns>
    [Function(PreemptFunctions.StartRun)]
    public static async Task<object> StartRun(
        [ActivityTrigger] JsonElement decision, [DurableClient] DurableTaskClient client, FunctionContext function)
    {
        Decision<ChildStart> decided = decision.Deserialize<Decision<ChildStart>>()!;
        if (decided.Made is { } start)
            await function.InstanceServices.GetRequiredService<RunClients>().With(client).StartForAnotherAsync(start, function.CancellationToken);
        return new Decision<string>(decided.Made?.RunId, decided.Error);
    }
}
