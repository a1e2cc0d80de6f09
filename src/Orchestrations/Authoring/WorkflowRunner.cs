using Microsoft.DurableTask;

namespace Preempt;

/// <summary>Runs workflows inside orchestration functions, and the orchestrations that gates need for themselves.</summary>
public sealed class WorkflowRunner
{
    private readonly WorkflowRegistry _registry;

    internal WorkflowRunner(WorkflowRegistry registry) => _registry = registry;

    /// <summary>Runs a workflow under its supervisor. The body of its orchestration function.</summary>
    /// <typeparam name="TWorkflow">The workflow's class, registered with <see cref="PreemptBuilder.AddWorkflow"/>.</typeparam>
    /// <param name="context">The orchestration.</param>
    /// <returns>How the run ended; what its code throws is in it.</returns>
    public Task<RunOutcome> RunAsync<TWorkflow>(TaskOrchestrationContext context)
        where TWorkflow : Workflow
    {
        RegisteredWorkflow definition = _registry.GetByFunction(typeof(TWorkflow).Name);
        RunRequest request = context.GetInput<RunRequest>()
            ?? throw new InvalidOperationException("A run is started with a RunClient, which gives its orchestration an input.");
        return new RunSupervisor(context, request, definition.Create(), _registry).RunAsync();
    }

    /// <summary>
    /// Does nothing: that its instance exists is what counts. The body of the orchestration function <see cref="PreemptFunctions.Claim"/>.
    /// </summary>
    /// <param name="context">The orchestration.</param>
    /// <returns>The run that the idempotency key belongs to.</returns>
    public static Task<string> Claim(TaskOrchestrationContext context) => Task.FromResult(context.GetInput<IdempotencyClaim>()!.RunId);

    /// <summary>
    /// Waits until a run has ended, and deletes it. The body of the orchestration function <see cref="PreemptFunctions.DeleteRun"/>.
    /// </summary>
    /// <param name="context">The orchestration; its input is the run's id.</param>
    /// <returns>A task that completes when the run is gone.</returns>
    public static async Task DeleteRunAsync(TaskOrchestrationContext context)
    {
        const int LooksBetweenFreshStarts = 50;
        TimeSpan longestPause = TimeSpan.FromMinutes(1);
        string runId = context.GetInput<string>()!;
        TimeSpan pause = TimeSpan.FromSeconds(1);
        for (int looks = 0; looks < LooksBetweenFreshStarts; looks++)
        {
            if (await context.CallActivityAsync<bool>(PreemptFunctions.PurgeRun, runId))
                return;
            await context.CreateTimer(pause, CancellationToken.None);
            pause = pause < longestPause ? pause * 2 : pause;
        }

        context.ContinueAsNew(runId);
    }

    /// <summary>
    /// Tells the live runs that the app drains, stops or resumes. The body of the orchestration function
    /// <see cref="PreemptFunctions.ApplyMode"/>.
    /// </summary>
    /// <param name="context">The orchestration; its input is the app's state.</param>
    /// <returns>A task that completes when the change has taken effect, or another has taken its place.</returns>
    public static Task ApplyModeAsync(TaskOrchestrationContext context) => ModeApplication.RunAsync(context);

    /// <summary>
    /// Tells runs that a gate has admitted them. The body of the orchestration function <see cref="PreemptFunctions.HandOff"/>.
    /// </summary>
    /// <param name="context">The orchestration.</param>
    /// <returns>A task that completes when they are told.</returns>
    public static Task HandOff(TaskOrchestrationContext context)
    {
        GateHandOff handOff = context.GetInput<GateHandOff>()!;
        foreach (GateAdmission admission in handOff.Admissions)
            context.SendEvent(HolderId.Parse(admission.RunId).RunId, RunMessage.EventName, RunMessage.ForAdmission(handOff.Gate, admission));
        return Task.CompletedTask;
    }
}
