using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.Tests.Histories;

/// <summary>What a recorded run is given: its key, and which code it runs.</summary>
public sealed record Recipe(string Key, string Code);

/// <summary>
/// The workflows of the recorded histories. Their code is replayed for good, so it does not change: whoever needs other code adds another recipe.
/// </summary>
public abstract class RecordedWorkflow : Workflow<Recipe, string>
{
    public override Task<string> RunAsync(RunContext run, Recipe input) => RunAsync(run, input.Code);

    /// <summary>Runs the code of a recipe.</summary>
    public static async Task<string> RunAsync(RunContext run, string code)
    {
        switch (code)
        {
            case "step":
                return await run.CallStepAsync<RecordedStep, string>(10);
            case "stubborn":
                return await run.CallStepAsync<RecordedStep, string>(-10_000);
            case "retries":
                string done = await run.CallStepAsync<RecordedStep, string>(
                    0, new StepOptions { Timeout = "1 minute", Retry = new RetryPolicy { MaxAttempts = 3 } });
                await run.DelayAsync("30s");
                string paid = await run.WaitForEventAsync<string>("paid", "1 hour");
                string[] both = await Task.WhenAll(run.CallStepAsync<RecordedStep, string>(1), run.CallStepAsync<RecordedStep, string>(2));
                return $"{done} {paid} {both[0]} {both[1]}";
            case "clean-up":
                try
                {
                    return await run.CallStepAsync<RecordedStep, string>(10_000);
                }
                finally
                {
                    await run.CallStepAsync<RecordedStep, string>(5, CancellationToken.None);
                }

            case "one-step-stops":
                using (CancellationTokenSource own = CancellationTokenSource.CreateLinkedTokenSource(run.CancellationToken))
                {
                    Task<string> step = run.CallStepAsync<RecordedStep, string>(10_000, own.Token);
                    await run.DelayAsync("5s");
                    own.Cancel();
                    try
                    {
                        return await step;
                    }
                    catch (OperationCanceledException) when (!run.CancellationToken.IsCancellationRequested)
                    {
                        return "went on";
                    }
                }

            case "parent":
                string detached = await run.StartWorkflowAsync<RecordedPlain>(new Recipe("detached", "step"));
                string[] children = await Task.WhenAll(
                    run.CallWorkflowAsync<RecordedInLine, string>(new Recipe("children", "step")),
                    run.CallWorkflowAsync<RecordedInLine, string>(new Recipe("children", "step")));
                try
                {
                    return await run.CallWorkflowAsync<RecordedInLine, string>("not a recipe");
                }
                catch (InvalidRunException)
                {
                    return $"{children[0]} {children[1]} {detached.Length}";
                }

            case "one-child-stops":
                using (CancellationTokenSource own = CancellationTokenSource.CreateLinkedTokenSource(run.CancellationToken))
                {
                    Task<string> child = run.CallWorkflowAsync<RecordedInLine, string>(new Recipe("child", "stubborn"), null, own.Token);
                    await run.DelayAsync("5s");
                    own.Cancel();
                    try
                    {
                        return await child;
                    }
                    catch (OperationCanceledException) when (!run.CancellationToken.IsCancellationRequested)
                    {
                        return "went on";
                    }
                }

            case "long-parent":
                return await run.CallWorkflowAsync<RecordedInLine, string>(new Recipe("long", "clean-up"));
            case "fails":
                throw new InvalidOperationException("told to fail");
            default:
                throw new ArgumentException($"There is no code '{code}'.", nameof(code));
        }
    }
}

public sealed class RecordedPlain : RecordedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Timeout("2 hours").Grace("1 minute");
}

public sealed class RecordedNewest : RecordedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress);
}

public sealed class RecordedAtOnce : RecordedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress, Handover.Immediate);
}

public sealed class RecordedRefused : RecordedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelNewest);
}

public sealed class RecordedInLine : RecordedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue, maxQueued: 2).ScheduleTimeout("90 minutes").Grace("1 minute");
}

public sealed class RecordedTurns : RecordedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.RoundRobin, maxTotal: 1);
}

public sealed class RecordedTwoRules : RecordedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 2, ConcurrencyStrategy.CancelInProgress)
        .Concurrency("{input.code}", 1, ConcurrencyStrategy.Queue)
        .StepConcurrency<RecordedStep>("{input.key}", 1, ConcurrencyStrategy.Queue);
}

public sealed class RecordedEnd : RecordedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.EndWhen("event over or time of day between 20:00 and 21:00");
}

/// <summary>
/// Works for so many seconds of the host's clock; for fewer than none it does not mind a stop. For none it fails, until its third attempt.
/// </summary>
public sealed class RecordedStep : Step<int, string>
{
    public override async Task<string> RunAsync(StepContext step, int input)
    {
        if (input == 0 && step.Attempt < 3)
            throw new InvalidOperationException("not yet");
        await Task.Delay(TimeSpan.FromSeconds(Math.Abs(input)), step.Time, input < 0 ? CancellationToken.None : step.CancellationToken);
        return $"{input}";
    }
}

/// <summary>A supervised orchestrator.</summary>
public static class RecordedFunctions
{
    [Function(nameof(RecordedOrchestrator))]
    public static Task<string> RecordedOrchestrator([OrchestrationTrigger] TaskOrchestrationContext context) => context.SuperviseAsync(
        workflow => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress).Timeout("1 hour"),
        run => RecordedWorkflow.RunAsync(run, context.GetInput<Recipe>()!.Code));
}
