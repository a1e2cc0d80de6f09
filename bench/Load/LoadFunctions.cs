using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

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

/// <summary>The functions under load.</summary>
public sealed class LoadFunctions(WorkflowRunner runs, StepRunner steps)
{
    [Function(PreemptFunctions.Gate)]
    public static Task Gate([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<ConcurrencyGate>();

    [Function(PreemptFunctions.HandOff)]
    public static Task HandOff([OrchestrationTrigger] TaskOrchestrationContext context) => WorkflowRunner.HandOff(context);

    [Function(nameof(Gated))]
    public Task<RunOutcome> Gated([OrchestrationTrigger] TaskOrchestrationContext context) => runs.RunAsync<Gated>(context);

    [Function(nameof(Nothing))]
    public Task<StepOutcome> Nothing([ActivityTrigger] StepCall call, FunctionContext function) => steps.RunAsync<Nothing>(call, function);

    [Function("Bare")]
    public static Task<int> Bare([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<int>("Echo", 1);

    [Function("Echo")]
    public static int Echo([ActivityTrigger] int input) => input;
}
