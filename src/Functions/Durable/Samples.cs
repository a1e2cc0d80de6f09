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

    /// <summary>Runs <see cref="Workflows.ReportBuild"/>.</summary>
    [Function(nameof(ReportBuild))]
    public Task<RunOutcome> ReportBuild([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<ReportBuild>(context);

    /// <summary>Runs <see cref="Workflows.DrawPage"/>.</summary>
    [Function(nameof(DrawPage))]
    public Task<StepOutcome> DrawPage([ActivityTrigger] StepCall call, FunctionContext function) => steps.RunAsync<DrawPage>(call, function);

    /// <summary>Runs <see cref="Workflows.ImportFile"/>.</summary>
    [Function(nameof(ImportFile))]
    public Task<RunOutcome> ImportFile([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<ImportFile>(context);

    /// <summary>Runs <see cref="Workflows.LoadRows"/>.</summary>
    [Function(nameof(LoadRows))]
    public Task<StepOutcome> LoadRows([ActivityTrigger] StepCall call, FunctionContext function) => steps.RunAsync<LoadRows>(call, function);

    /// <summary>Runs <see cref="Workflows.RenderVideo"/>.</summary>
    [Function(nameof(RenderVideo))]
    public Task<RunOutcome> RenderVideo([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<RenderVideo>(context);

    /// <summary>Runs <see cref="Workflows.Render"/>.</summary>
    [Function(nameof(Render))]
    public Task<StepOutcome> Render([ActivityTrigger] StepCall call, FunctionContext function) => steps.RunAsync<Render>(call, function);

    /// <summary>Runs <see cref="Workflows.NightlyBatch"/>.</summary>
    [Function(nameof(NightlyBatch))]
    public Task<RunOutcome> NightlyBatch([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<NightlyBatch>(context);

    /// <summary>Runs <see cref="Workflows.NightlyTask"/>.</summary>
    [Function(nameof(NightlyTask))]
    public Task<StepOutcome> NightlyTask([ActivityTrigger] StepCall call, FunctionContext function) => steps.RunAsync<NightlyTask>(call, function);
}
