using Microsoft.Extensions.Logging;

namespace Preempt.Functions.Workflows;

/// <summary>The tasks of a night.</summary>
/// <param name="Tasks">How many tasks there are, up to 10,000.</param>
public sealed record NightlyWork(int Tasks = 100);

/// <summary>
/// Works through the night's tasks, started by a timer. When the working day begins it stops, and returns how many tasks
/// are done.
/// </summary>
public sealed class NightlyBatch : Workflow<NightlyWork, int>
{
    private const int MaxTasks = 10_000;

    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("nightly", maxRuns: 1, ConcurrencyStrategy.CancelNewest)
        .EndWhen("time of day between 08:00 and 18:00 Europe/Paris and weekdays Europe/Paris");

    /// <inheritdoc />
    protected override string? Validate(NightlyWork input) => input.Tasks is >= 0 and <= MaxTasks
        ? null
        : $"tasks {input.Tasks}: 0 to {MaxTasks} is allowed.";

    /// <inheritdoc />
    public override async Task<int> RunAsync(RunContext run, NightlyWork input)
    {
        int done = 0;
        try
        {
            for (; done < input.Tasks; done++)
                await run.CallStepAsync<NightlyTask, bool>(done);
        }
        catch (OperationCanceledException) when (run.Stop?.Reason == StopReason.EndCondition)
        {
            run.Logger.LogInformation("The working day began after {Done} of {Tasks} tasks", done, input.Tasks);
        }

        return done;
    }
}

/// <summary>One task of the night.</summary>
public sealed class NightlyTask : Step<int, bool>
{
    private static readonly TimeSpan WorkOfATask = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc />
    public override async Task<bool> RunAsync(StepContext step, int input)
    {
        await Task.Delay(WorkOfATask, step.Time, step.CancellationToken);
        return true;
    }
}
