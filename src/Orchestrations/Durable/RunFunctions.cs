using System.Collections.Immutable;
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

    /// <summary>Deletes a run once it has ended.</summary>
    [Function(PreemptFunctions.DeleteRun)]
    public static Task DeleteRun([OrchestrationTrigger] TaskOrchestrationContext context) => RunDeletion.RunAsync(context);

    /// <summary>Deletes a run that has ended.</summary>
    [Function(PreemptFunctions.PurgeRun)]
    public static Task<bool> PurgeRun(
        [ActivityTrigger] string runId, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        RunDeletion.PurgeAsync(runId, client, function.CancellationToken);

    /// <summary>Tells running steps to stop.</summary>
    [Function(PreemptFunctions.PublishStop)]
    public static Task PublishStop([ActivityTrigger] JsonElement notice, FunctionContext function) =>
        Activities(function).PublishStopAsync(notice.Deserialize<StopNotice>()!, function.CancellationToken);

    /// <summary>Finds out which runs have ended.</summary>
    [Function(PreemptFunctions.FindEnded)]
    public static Task<ImmutableArray<string>> FindEnded(
        [ActivityTrigger] JsonElement request, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        RunActivities.FindEndedAsync(request.Deserialize<FindEndedRequest>()!, client, function.CancellationToken);

    /// <summary>Starts a run for another.</summary>
    [Function(PreemptFunctions.StartRun)]
    public static Task StartRun([ActivityTrigger] JsonElement start, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        Activities(function).StartRunAsync(start.Deserialize<ChildStart>()!, client, function.CancellationToken);

    /// <summary>Reads how a run has ended.</summary>
    [Function(PreemptFunctions.ReadOutcome)]
    public static async Task<object?> ReadOutcome(
        [ActivityTrigger] string runId, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        await RunActivities.ReadOutcomeAsync(runId, client, function.CancellationToken);

    /// <summary>Ends a run whose grace is over.</summary>
    [Function(PreemptFunctions.EndRun)]
    public static Task EndRun([ActivityTrigger] JsonElement end, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        Activities(function).EndRunAsync(end.Deserialize<ForcedEnd>()!, client, function.CancellationToken);

    private static RunActivities Activities(FunctionContext function) => function.InstanceServices.GetRequiredService<RunActivities>();
}
