using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>A run's dealings with the processes that run its steps: it has them run, and tells them to stop.</summary>
internal sealed class StepWorkers(RunSupervisor run, TaskOrchestrationContext context)
{
    /// <summary>How often a step is run again because its worker, not its code, failed. Uses up no attempt.</summary>
    private const int MaxFailures = 5;

    private readonly HashSet<OpenStep> _atWork = [];
    private TaskCompletionSource? _allEnded;

    public bool AllIdle => _atWork.Count == 0;

    /// <summary>Runs one attempt of a step. A failed activity means a failed worker: the step's own failures come back as data.</summary>
    public Task<StepOutcome> CallAsync(StepCall call, OpenStep step)
    {
        _atWork.Add(step);
        step.Begin();
        return CallUntilAnsweredAsync(call, step);
    }

    /// <summary>The attempt has ended, and is on record.</summary>
    public void Release(OpenStep step)
    {
        step.End();
        _atWork.Remove(step);
        if (AllIdle)
            _allEnded?.TrySetResult();
    }

    private async Task<StepOutcome> CallUntilAnsweredAsync(StepCall call, OpenStep step)
    {
        DateTimeOffset startedAt = run.Now;
        for (int failures = 1; ; failures++)
        {
            try
            {
                return await context.CallActivityAsync<StepOutcome>(PreemptFunctions.Step, call);
            }
            catch (TaskFailedException exception)
            {
                run.Logger.LogWarning(exception, "The worker of step {Step} of {Run} failed, time {Failures}", call.Name, run.RunId, failures);
                bool isStopped = step.Stop is not null || (run.IsStopped && !call.Shielded);
                if (!isStopped && failures <= MaxFailures)
                    continue;
                return new StepOutcome
                {
                    Status = isStopped ? StepStatus.Cancelled : StepStatus.Failed,
                    StartedAt = startedAt,
                    EndedAt = run.Now,
                    StopReason = step.Stop?.Reason ?? run.Record.Stop?.Reason,
                    Error = RunErrors.From(exception.FailureDetails.ErrorType, exception.FailureDetails.ErrorMessage),
                };
            }
        }
    }

    /// <summary>Tells the steps at work that the run stops; once its code has ended, shielded ones too.</summary>
    public void Stop(StopReason reason)
    {
        bool isForced = _allEnded is not null;
        if (_atWork.Any(step => isForced || !step.IsShielded))
            Publish(new StopNotice(run.RunId, reason, Force: isForced, RequestedAt: run.Record.Stop?.RequestedAt, Life: run.Request.Life));
    }

    /// <summary>Tells one step to stop, again and again until it does; when its grace is over it is waited for no longer.</summary>
    public async Task StopAsync(OpenStep step)
    {
        StopRequest stop = step.Stop!;
        StopNotice notice = new(run.RunId, stop.Reason, step.Number, RequestedAt: stop.RequestedAt, Life: run.Request.Life);
        DateTime end = stop.Grace is { IsNever: false } grace ? context.CurrentUtcDateTime + grace.Value : DateTime.MaxValue;
        Publish(notice);
        if (await run.RemindAsync(end, () => Publish(notice), step.Ended))
            step.Abandon();
    }

    /// <summary>Called when the code has ended: steps that it left running are told to stop, shielded or not.</summary>
    public Task EndAllAsync()
    {
        if (AllIdle)
            return Task.CompletedTask;
        _allEnded = new TaskCompletionSource();
        Stop(run.Record.Stop?.Reason ?? StopReason.Self);
        return _allEnded.Task;
    }

    /// <summary>A notice can be lost with the worker that publishes it, so it is repeated until the step has stopped.</summary>
    private void Publish(StopNotice notice) =>
        _ = context.Entities.SignalEntityAsync(ControlPlane.StopsOf(run.RunId), nameof(ControlPlane.PublishStop), notice);
}
