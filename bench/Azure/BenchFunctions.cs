using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.AzureBench;

/// <summary>What a run is given.</summary>
/// <param name="Key">Its concurrency key.</param>
/// <param name="Holds">Whether its step works until it is told to stop.</param>
public sealed record BenchInput(string Key, bool Holds);

/// <summary>One step; the newest run of a key supersedes the one before.</summary>
public sealed class Newest : Workflow<BenchInput, bool>
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress);

    public override Task<bool> RunAsync(RunContext run, BenchInput input) => run.CallStepAsync<Work, bool>(input.Holds);
}

/// <summary>One step; the runs of a key follow each other.</summary>
public sealed class Line : Workflow<BenchInput, bool>
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input.key}", maxRuns: 1, ConcurrencyStrategy.Queue);

    public override Task<bool> RunAsync(RunContext run, BenchInput input) => run.CallStepAsync<Work, bool>(input.Holds);
}

/// <summary>Says in which process it runs; then ends, or holds on until it is told to stop.</summary>
public sealed class Work : Step<bool, bool>
{
    public override async Task<bool> RunAsync(StepContext step, bool input)
    {
        if (!input)
            return true;
        await step.ReportProgressAsync(0, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        await Task.Delay(Timeout.InfiniteTimeSpan, step.Time, step.CancellationToken);
        return true;
    }
}

/// <summary>The same without Preempt.</summary>
public static class BareFunctions
{
    [Function(nameof(Bare))]
    public static Task<DateTimeOffset> Bare([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<DateTimeOffset>(nameof(BareWork), "");

    /// <summary>Says when it ran.</summary>
    [Function(nameof(BareWork))]
    public static DateTimeOffset BareWork([ActivityTrigger] string input) => DateTimeOffset.UtcNow;
}
