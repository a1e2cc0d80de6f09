using Microsoft.DurableTask;

namespace Preempt;

/// <summary>The orchestrations of runs, and of what gates and starts need for themselves.</summary>
internal static class WorkflowRunner
{
    /// <summary>Runs the workflow that the input names, under its supervisor.</summary>
    /// <exception cref="InvalidOperationException">The app has no such workflow, or cannot carry on a run of this protocol.</exception>
    public static async Task<RunOutcome> RunAsync(TaskOrchestrationContext context, WorkflowRegistry registry)
    {
        RunRequest request = context.GetInput<RunRequest>()
            ?? throw new InvalidOperationException("A run is started with a RunClient, which gives its orchestration an input.");
        if (RunProtocol.Refusal(request.Protocol) is { } refusal)
            throw new InvalidOperationException(refusal);
        RunRequest? anew = await Restart.FindAsync(context, request);
        RunOutcome outcome = RunOutcome.None;
        if (anew is null)
        {
            RunSupervisor run = new(context, request, registry.Get(request.Workflow).Create(), registry);
            outcome = await run.RunAsync();
            anew = run.Restarted;
        }

        if (anew is not null)
            context.ContinueAsNew(anew, preserveUnprocessedEvents: true);
        return outcome;
    }

    /// <summary>Does nothing: what counts is that its instance exists.</summary>
    /// <returns>The run that the idempotency key belongs to.</returns>
    public static Task<string> Claim(TaskOrchestrationContext context) => Task.FromResult(context.GetInput<IdempotencyClaim>()!.RunId);

    /// <summary>Tells runs that a gate has admitted them.</summary>
    public static Task HandOff(TaskOrchestrationContext context)
    {
        GateHandOff handOff = context.GetInput<GateHandOff>()!;
        foreach (GateAdmission admission in handOff.Admissions)
            context.SendEvent(HolderId.Parse(admission.RunId).RunId, RunMessage.EventName, RunMessage.ForAdmission(handOff.Gate, admission));
        return Task.CompletedTask;
    }
}
