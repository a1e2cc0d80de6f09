using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Preempt.Functions.Workflows;

namespace Preempt.Functions.Durable;

/// <summary>The sample workflows and their steps, by the names that the platform knows them by.</summary>
public sealed class Samples(WorkflowRunner runs, StepRunner steps)
{
    /// <summary>Runs <see cref="Workflows.ChatReply"/>.</summary>
    [Function(nameof(ChatReply))]
    public Task<RunOutcome> ChatReply([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<ChatReply>(context);

    /// <summary>Runs <see cref="Workflows.Think"/>.</summary>
    [Function(nameof(Think))]
    public Task<StepOutcome> Think([ActivityTrigger] StepCall call, FunctionContext function) => steps.RunAsync<Think>(call, function);

    /// <summary>Runs <see cref="Workflows.Reply"/>.</summary>
    [Function(nameof(Reply))]
    public Task<StepOutcome> Reply([ActivityTrigger] StepCall call, FunctionContext function) => steps.RunAsync<Reply>(call, function);
}
