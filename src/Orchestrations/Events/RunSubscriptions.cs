using Microsoft.DurableTask;

namespace Preempt;

/// <summary>The events that a run ends on: it is told of them, wherever they are published.</summary>
internal sealed class RunSubscriptions(RunSupervisor run, TaskOrchestrationContext context)
{
    /// <summary>
    /// Before the run begins. When its record says that it listens, it is on the lists that publishers read. Azure Storage sends an entity's
    /// answers before it writes its state, so an entity that dies in between does not know whom it has taken in: only the answer that the run
    /// is known already says that it is written.
    /// </summary>
    /// <returns>What is wrong when it cannot be told.</returns>
    public async Task<RunError?> AddAsync()
    {
        const int MaxCalls = 10;
        bool isAny = false;
        foreach (string name in run.Request.EndingEvents)
        {
            isAny = true;
            Subscription answer = Subscription.Added;
            for (int call = 1; call <= MaxCalls && answer == Subscription.Added; call++)
                answer = await context.CallEntityAsync<Subscription>(EventSubscribers.Of(name), nameof(EventSubscribers.Subscribe), run.RunId);
            if (answer == Subscription.Full)
            {
                return new RunError(
                    typeof(InvalidOperationException).FullName!,
                    $"{EventSubscribers.MaxRuns} runs are to end on event '{name}' already, as many as there may be at one time.");
            }
        }

        if (isAny)
            run.Update(run.Record with { Listens = true });
        return null;
    }

    /// <summary>When the run has ended.</summary>
    public async Task RemoveAsync()
    {
        foreach (string name in run.Request.EndingEvents)
            await context.Entities.SignalEntityAsync(EventSubscribers.Of(name), nameof(EventSubscribers.Remove), run.RunId);
    }
}
