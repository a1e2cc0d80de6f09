using System.Collections.Immutable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Functions.Durable;

/// <summary>What runs need of the platform beside their workflows and steps.</summary>
public sealed class PreemptOperations(StepRunner steps)
{
    /// <summary>The gates of all concurrency keys.</summary>
    [Function(PreemptFunctions.Gate)]
    public static Task Gate([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<ConcurrencyGate>();

    /// <summary>Tells runs that a gate has admitted them.</summary>
    [Function(PreemptFunctions.HandOff)]
    public static Task HandOff([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.HandOff(context);

    /// <summary>Keeps an idempotency key and its run together.</summary>
    [Function(PreemptFunctions.Claim)]
    public static Task<string> Claim([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.Claim(context);

    /// <summary>The runs that end on an event.</summary>
    [Function(PreemptFunctions.Subscribers)]
    public static Task Subscribers([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<EventSubscribers>();

    /// <summary>Deletes a run once it has ended.</summary>
    [Function(PreemptFunctions.DeleteRun)]
    public static Task DeleteRun([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.DeleteRunAsync(context);

    /// <summary>Deletes a run that has ended.</summary>
    [Function(PreemptFunctions.PurgeRun)]
    public static Task<bool> PurgeRun(
        [ActivityTrigger] string runId, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        StepRunner.PurgeRunAsync(runId, client, function.CancellationToken);

    /// <summary>The app's mode.</summary>
    [Function(PreemptFunctions.Switch)]
    public static Task Switch([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<AppSwitch>();

    /// <summary>Tells the live runs that the app drains, stops or resumes.</summary>
    [Function(PreemptFunctions.ApplyMode)]
    public static Task ApplyMode([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.ApplyModeAsync(context);

    /// <summary>Tells a page of them.</summary>
    [Function(PreemptFunctions.ApplyModePage)]
    public Task<ModePageResult> ApplyModePage(
        [ActivityTrigger] ModePage page, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        steps.ApplyModeAsync(page, client, function.CancellationToken);

    /// <summary>Tells running steps to stop.</summary>
    [Function(PreemptFunctions.PublishStop)]
    public Task PublishStop([ActivityTrigger] StopNotice notice, FunctionContext function) =>
        steps.PublishStopAsync(notice, function.CancellationToken);

    /// <summary>Finds out which runs have ended.</summary>
    [Function(PreemptFunctions.FindEnded)]
    public static Task<ImmutableArray<string>> FindEnded(
        [ActivityTrigger] FindEndedRequest request, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        StepRunner.FindEndedAsync(request, client, function.CancellationToken);

    /// <summary>Starts a run for another.</summary>
    [Function(PreemptFunctions.StartRun)]
    public Task StartRun(
        [ActivityTrigger] ChildStart start, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        steps.StartRunAsync(start, client, function.CancellationToken);

    /// <summary>Reads how a run has ended.</summary>
    [Function(PreemptFunctions.ReadOutcome)]
    public static Task<RunOutcome?> ReadOutcome(
        [ActivityTrigger] string runId, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        StepRunner.ReadOutcomeAsync(runId, client, function.CancellationToken);

    /// <summary>Ends a run whose grace is over.</summary>
    [Function(PreemptFunctions.EndRun)]
    public Task EndRun([ActivityTrigger] ForcedEnd end, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        steps.EndRunAsync(end, client, function.CancellationToken);
}
