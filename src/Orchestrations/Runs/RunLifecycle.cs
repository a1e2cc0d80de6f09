using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// Publishes what happens to a run, in order and at least once, each with an activity. Only of runs that were accepted while the app
/// was set to do so.
/// </summary>
internal sealed class RunLifecycle(RunSupervisor run, TaskOrchestrationContext context)
{
    /// <summary>Tries of one event: with the pauses between them, some four minutes. An event that nobody takes must not keep a run open.</summary>
    private const int MaxAttempts = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

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
        TimeSpan pause = FirstPause;
        for (int attempt = 1; attempt <= MaxAttempts; attempt++, pause *= 2)
        {
            try
            {
                await context.CallActivityAsync(PreemptFunctions.PublishLifecycle, happened);
                return;
            }
            catch (TaskFailedException exception)
            {
                run.Logger.LogWarning(exception, "That run {Run} has {Type} could not be published, attempt {Attempt}", run.RunId, happened.Type, attempt);
            }

            if (attempt < MaxAttempts)
                await context.CreateTimer(context.CurrentUtcDateTime + pause, CancellationToken.None);
        }

        run.Logger.LogError("That run {Run} has {Type} is not published: all attempts failed", run.RunId, happened.Type);
    }
}
