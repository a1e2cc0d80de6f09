using System.Collections.Immutable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Tests.Model;

/// <summary>The functions of the app whose protocol is checked.</summary>
public sealed class ModelFunctions(WorkflowRunner runs, StepRunner steps)
{
    [Function(PreemptFunctions.Gate)]
    public static Task Gate([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<ConcurrencyGate>();

    [Function(PreemptFunctions.Claim)]
    public static Task<string> Claim([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.Claim(context);

    [Function(PreemptFunctions.HandOff)]
    public static Task HandOff([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.HandOff(context);

    [Function(PreemptFunctions.PublishStop)]
    public Task PublishStop([ActivityTrigger] StopNotice notice, FunctionContext function) =>
        steps.PublishStopAsync(notice, function.CancellationToken);

    [Function(PreemptFunctions.FindEnded)]
    public static Task<ImmutableArray<string>> FindEnded(
        [ActivityTrigger] FindEndedRequest request, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        StepRunner.FindEndedAsync(request, client, function.CancellationToken);

    [Function(PreemptFunctions.EndRun)]
    public Task EndRun([ActivityTrigger] ForcedEnd end, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        steps.EndRunAsync(end, client, function.CancellationToken);

    [Function(PreemptFunctions.Switch)]
    public static Task Switch([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<AppSwitch>();

    [Function(PreemptFunctions.ApplyMode)]
    public static Task ApplyMode([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.ApplyModeAsync(context);

    [Function(PreemptFunctions.ApplyModePage)]
    public Task<ModePageResult> ApplyModePage(
        [ActivityTrigger] ModePage page, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        steps.ApplyModeAsync(page, client, function.CancellationToken);

    [Function(PreemptFunctions.ReadOutcome)]
    public static Task<RunOutcome?> ReadOutcome(
        [ActivityTrigger] string runId, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        StepRunner.ReadOutcomeAsync(runId, client, function.CancellationToken);

    [Function(nameof(ModelStep))]
    public Task<StepOutcome> Step([ActivityTrigger] StepCall call, FunctionContext function) => steps.RunAsync<ModelStep>(call, function);

    [Function(nameof(OneAfterStop))]
    public Task<RunOutcome> OneAfterStop([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<OneAfterStop>(context);

    [Function(nameof(TwoAfterStop))]
    public Task<RunOutcome> TwoAfterStop([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<TwoAfterStop>(context);

    [Function(nameof(OneImmediate))]
    public Task<RunOutcome> OneImmediate([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<OneImmediate>(context);

    [Function(nameof(TwoImmediate))]
    public Task<RunOutcome> TwoImmediate([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<TwoImmediate>(context);

    [Function(nameof(TwoOldest))]
    public Task<RunOutcome> TwoOldest([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<TwoOldest>(context);

    [Function(nameof(OneInLine))]
    public Task<RunOutcome> OneInLine([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<OneInLine>(context);

    [Function(nameof(TwoInLine))]
    public Task<RunOutcome> TwoInLine([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<TwoInLine>(context);

    [Function(nameof(OneEachTwoInAll))]
    public Task<RunOutcome> OneEachTwoInAll([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<OneEachTwoInAll>(context);

    [Function(nameof(TwoEachThreeInAll))]
    public Task<RunOutcome> TwoEachThreeInAll([OrchestrationTrigger] TaskOrchestrationContext context) =>
        runs.RunAsync<TwoEachThreeInAll>(context);

    [Function(nameof(TwoLines))]
    public Task<RunOutcome> TwoLines([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<TwoLines>(context);

    [Function(nameof(NewestThenLine))]
    public Task<RunOutcome> NewestThenLine([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<NewestThenLine>(context);

    [Function(nameof(LineThenNewest))]
    public Task<RunOutcome> LineThenNewest([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<LineThenNewest>(context);

    [Function(nameof(NewestThenNewest))]
    public Task<RunOutcome> NewestThenNewest([OrchestrationTrigger] TaskOrchestrationContext context) =>
        runs.RunAsync<NewestThenNewest>(context);

    [Function(nameof(InTurnThenOldest))]
    public Task<RunOutcome> InTurnThenOldest([OrchestrationTrigger] TaskOrchestrationContext context) =>
        runs.RunAsync<InTurnThenOldest>(context);

    [Function(nameof(NewestStep))]
    public Task<RunOutcome> NewestStep([OrchestrationTrigger] TaskOrchestrationContext context) =>
        runs.RunAsync<NewestStep>(context);

    [Function(nameof(LineThenStepsInLine))]
    public Task<RunOutcome> LineThenStepsInLine([OrchestrationTrigger] TaskOrchestrationContext context) =>
        runs.RunAsync<LineThenStepsInLine>(context);

    [Function(nameof(NewestWithChild))]
    public Task<RunOutcome> NewestWithChild([OrchestrationTrigger] TaskOrchestrationContext context) =>
        runs.RunAsync<NewestWithChild>(context);
}
