using Microsoft.DurableTask;

namespace Preempt;

/// <summary>
/// Publishes what happens to a run, in order and at least once. Only of runs that were accepted while the app was set to do so.
/// </summary>
internal sealed class RunLifecycle(RunSupervisor run, TaskOrchestrationContext context)
{
    private Task _published = Task.CompletedTask;

    /// <summary>Publishes an event after those before it; the run goes on meanwhile.</summary>
    public void Publish(LifecycleEventType type, RunOutcome? outcome = null)
    {
        if (run.Request.PublishesLifecycle)
            _published = PublishAsync(_published, Describe(type, outcome ?? new RunOutcome { Record = run.Record }));
    }

    /// <summary>Publishes the end. A run does not complete before its events are out; its slots are free by then.</summary>
    public Task PublishEndAsync(RunOutcome outcome)
    {
        Publish(LifecycleEventType.Ended, outcome);
        return _published;
    }

    private LifecycleEvent Describe(LifecycleEventType type, RunOutcome outcome) => new()
    {
        Type = type,
        At = run.Now,
        RunId = run.RunId,
        Workflow = run.Request.Workflow,
        Version = run.Request.Version,
        Key = run.Request.Gates is [var gate, ..] ? gate.Key : null,
        Status = outcome.Record.Status,
        Stop = outcome.Record.Stop,
        Forced = outcome.Record.Forced,
        Error = outcome.Error,
        QueuedAt = run.Request.QueuedAt,
        StartedAt = outcome.Record.StartedAt,
        EndedAt = outcome.Record.EndedAt,
    };

    private async Task PublishAsync(Task before, LifecycleEvent happened)
    {
        await before;
        await LifecycleQueue.PublishAsync(context, run.RunId, happened, run.Logger);
    }
}
