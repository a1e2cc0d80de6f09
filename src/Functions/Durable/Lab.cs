using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Preempt.Functions.Workflows;

namespace Preempt.Functions.Durable;

/// <summary>The lab workflows and their steps, by the names that the platform knows them by.</summary>
public sealed class Lab(WorkflowRunner runs, StepRunner steps)
{
    /// <summary>Runs <see cref="Workflows.LabCancelInProgress"/>.</summary>
    [Function(nameof(LabCancelInProgress))]
    public Task<RunOutcome> LabCancelInProgress([OrchestrationTrigger] TaskOrchestrationContext context) =>
        runs.RunAsync<LabCancelInProgress>(context);

    /// <summary>Runs <see cref="Workflows.LabCancelInProgress3"/>.</summary>
    [Function(nameof(LabCancelInProgress3))]
    public Task<RunOutcome> LabCancelInProgress3([OrchestrationTrigger] TaskOrchestrationContext context) =>
        runs.RunAsync<LabCancelInProgress3>(context);

    /// <summary>Runs <see cref="Workflows.LabImmediate"/>.</summary>
    [Function(nameof(LabImmediate))]
    public Task<RunOutcome> LabImmediate([OrchestrationTrigger] TaskOrchestrationContext context) =>
        runs.RunAsync<LabImmediate>(context);

    /// <summary>Runs <see cref="Workflows.LabCancelNewest"/>.</summary>
    [Function(nameof(LabCancelNewest))]
    public Task<RunOutcome> LabCancelNewest([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<LabCancelNewest>(context);

    /// <summary>Runs <see cref="Workflows.LabQueue"/>.</summary>
    [Function(nameof(LabQueue))]
    public Task<RunOutcome> LabQueue([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<LabQueue>(context);

    /// <summary>Runs <see cref="Workflows.LabRoundRobin"/>.</summary>
    [Function(nameof(LabRoundRobin))]
    public Task<RunOutcome> LabRoundRobin([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<LabRoundRobin>(context);

    /// <summary>Runs <see cref="Workflows.LabMulti"/>.</summary>
    [Function(nameof(LabMulti))]
    public Task<RunOutcome> LabMulti([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<LabMulti>(context);

    /// <summary>Runs <see cref="Workflows.LabStepGate"/>.</summary>
    [Function(nameof(LabStepGate))]
    public Task<RunOutcome> LabStepGate([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<LabStepGate>(context);

    /// <summary>Runs <see cref="Workflows.LabChildren"/>.</summary>
    [Function(nameof(LabChildren))]
    public Task<RunOutcome> LabChildren([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<LabChildren>(context);

    /// <summary>Runs <see cref="Workflows.LabPlain"/>.</summary>
    [Function(nameof(LabPlain))]
    public Task<RunOutcome> LabPlain([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<LabPlain>(context);

    /// <summary>Runs <see cref="Workflows.LabWork"/>.</summary>
    [Function(nameof(LabWork))]
    public Task<StepOutcome> LabWork(
        [ActivityTrigger] StepCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        steps.RunAsync<LabWork>(call, function, client);

    /// <summary>Runs <see cref="Workflows.LabProcess"/>.</summary>
    [Function(nameof(LabProcess))]
    public Task<StepOutcome> LabProcess([ActivityTrigger] StepCall call, FunctionContext function) =>
        steps.RunAsync<LabProcess>(call, function);

    /// <summary>Runs <see cref="Workflows.LabCleanup"/>.</summary>
    [Function(nameof(LabCleanup))]
    public Task<StepOutcome> LabCleanup(
        [ActivityTrigger] StepCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        steps.RunAsync<LabCleanup>(call, function, client);
}
