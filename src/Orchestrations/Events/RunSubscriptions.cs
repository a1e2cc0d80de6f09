using Microsoft.DurableTask;

namespace Preempt;

/// <summary>The events that a run ends on: it is told of them, wherever they are published.</summary>
internal sealed class RunSubscriptions(RunSupervisor run, TaskOrchestrationContext context)
{
    /// <summary>Before the run begins.</summary>
    /// <returns>What is wrong when it cannot be told.</returns>
    public async Task<RunError?> AddAsync()
    {
        foreach (string name in run.Request.EndingEvents)
        {
            if (!await context.CallEntityAsync<bool>(EventSubscribers.Of(name), nameof(EventSubscribers.Add), run.HolderOf(step: null)))
            {
                return new RunError(
                    typeof(InvalidOperationException).FullName!,
                    $"{EventSubscribers.MaxRuns} runs are to end on event '{name}' already, as many as there may be at one time.");
            }
        }

        if (run.Request.EndingEvents.Any())
            run.Update(run.Record with { Listens = true });
        return null;
    }

    /// <summary>When the run has ended.</summary>
    public async Task RemoveAsync()
    {
        foreach (string name in run.Request.EndingEvents)
            await context.Entities.SignalEntityAsync(EventSubscribers.Of(name), nameof(EventSubscribers.Remove), run.HolderOf(step: null));
    }
}
