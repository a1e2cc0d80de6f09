using Preempt;

namespace ExistingApp;

public sealed class Shout : Workflow<string, string>
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress);

    public override Task<string> RunAsync(RunContext run, string input) => run.CallStepAsync<ToUpper, string>(input);
}

public sealed class ToUpper : Step<string, string>
{
    public override Task<string> RunAsync(StepContext step, string input) => Task.FromResult(input.ToUpperInvariant());
}
