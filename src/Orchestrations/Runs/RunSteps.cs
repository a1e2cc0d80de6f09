using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>The steps that a run has called: those that are open, and what stops them.</summary>
internal sealed class RunSteps(RunSupervisor run, TaskOrchestrationContext context)
{
    /// <summary>How often a step is run again because its worker, not its code, failed. Uses up no attempt.</summary>
    private const int MaxWorkerFailures = 5;

    private readonly Dictionary<int, OpenStep> _open = [];
    private TaskCompletionSource? _allEnded;
    private int _calls;

    public async Task<TOutput> CallAsync<TOutput>(Type type, object? input, StepOptions options, CancellationToken cancellationToken)
    {
        run.EndToken.ThrowIfCancellationRequested();
        bool isShielded = !cancellationToken.CanBeCanceled;
        if (!isShielded)
        {
            run.StopToken.ThrowIfCancellationRequested();
            cancellationToken.ThrowIfCancellationRequested();
        }

        StepCall call = new()
        {
            RunId = run.RunId,
            Number = ++_calls,
            Name = WorkflowNames.FromType(type.Name),
            Timeout = options.Timeout,
            Shielded = isShielded,
            FencingTokens = run.Record.FencingTokens,
            Input = Payload.ToJson(input),
        };
        bool followsRun = cancellationToken == run.StopToken;
        using CancellationTokenRegistration registration = isShielded || followsRun
            ? default
            : cancellationToken.Register(() => _ = PublishAsync(new StopNotice(run.RunId, StopReason.Self, call.Number)));
        StepOutcome outcome = await RunAsync(type.Name, call);
        while (HasFailed(outcome) && options.Retry.DelayAfter(call.Attempt) is { } delay && MayRetry(isShielded))
        {
            await run.DelayAsync(delay, cancellationToken);
            call = call with { Attempt = call.Attempt + 1 };
            outcome = await RunAsync(type.Name, call);
        }

        return outcome.Status switch
        {
            StepStatus.Succeeded => Payload.Read<TOutput>(outcome.Output),
            StepStatus.Failed => throw new StepFailedException(call.Name, outcome.Error!),
            StepStatus.TimedOut when HasFailed(outcome) => throw new StepFailedException(call.Name, TimeoutError(options)),
            _ => throw new OperationCanceledException(
                $"Step '{call.Name}' was told to stop: {outcome.StopReason}.", followsRun ? run.StopToken : cancellationToken),
        };
    }

    /// <summary>A step that was over its own time has failed; one that was stopped with its run has not.</summary>
    private bool HasFailed(StepOutcome outcome) =>
        outcome.Status == StepStatus.Failed || (outcome.Status == StepStatus.TimedOut && run.Record.Stop?.Reason != StopReason.Timeout);

    private bool MayRetry(bool isShielded) => isShielded || !run.IsStopped;

    private static RunError TimeoutError(StepOptions options) =>
        new(typeof(TimeoutException).FullName!, $"It took longer than its timeout of {options.Timeout}.");

    private async Task<StepOutcome> RunAsync(string function, StepCall call)
    {
        run.Update(run.Record.Begin(new StepRecord
        {
            Number = call.Number,
            Name = call.Name,
            Attempt = call.Attempt,
            Started = run.Now.ToUnixTimeMilliseconds(),
        }));
        _open.Add(call.Number, new OpenStep(call.Shielded));
        StepOutcome outcome = await CallWorkerAsync(function, call);
        _open.Remove(call.Number);
        run.Update(run.Record.Finish(call.Number, outcome));
        if (_open.Count == 0)
            _allEnded?.TrySetResult();
        return outcome;
    }

    /// <summary>A failed activity means a failed worker: the step's own failures come back as data.</summary>
    private async Task<StepOutcome> CallWorkerAsync(string function, StepCall call)
    {
        DateTimeOffset startedAt = run.Now;
        for (int failures = 1; ; failures++)
        {
            try
            {
                return await context.CallActivityAsync<StepOutcome>(function, call);
            }
            catch (TaskFailedException exception)
            {
                run.Logger.LogWarning(exception, "The worker of step {Step} of {Run} failed, time {Failures}", call.Name, run.RunId, failures);
                bool isStopped = run.IsStopped && !call.Shielded;
                if (!isStopped && failures <= MaxWorkerFailures)
                    continue;
                return new StepOutcome
                {
                    Status = isStopped ? StepStatus.Cancelled : StepStatus.Failed,
                    StartedAt = startedAt,
                    EndedAt = run.Now,
                    StopReason = run.Record.Stop?.Reason,
                    Error = new RunError(exception.FailureDetails.ErrorType, exception.FailureDetails.ErrorMessage),
                };
            }
        }
    }

    /// <summary>Tells the open steps that the run stops.</summary>
    public void Stop(StopReason reason)
    {
        if (_open.Values.Any(step => !step.IsShielded))
            _ = PublishAsync(new StopNotice(run.RunId, reason));
    }

    /// <summary>
    /// Called when the code has ended: steps that it left running are told to stop, and are waited for until the grace is over.
    /// </summary>
    /// <returns>Whether all have ended.</returns>
    public async Task<bool> EndAllAsync(Task graceOver, Action startGrace)
    {
        if (_open.Count == 0)
            return true;
        _allEnded = new TaskCompletionSource();
        startGrace();
        _ = PublishAsync(new StopNotice(run.RunId, run.Record.Stop?.Reason ?? StopReason.Self, Force: true));
        await Task.WhenAny(_allEnded.Task, graceOver);
        return _open.Count == 0;
    }

    private async Task PublishAsync(StopNotice notice)
    {
        const int MaxAttempts = 5;
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            try
            {
                await context.CallActivityAsync(PreemptFunctions.PublishStop, notice);
                return;
            }
            catch (TaskFailedException exception)
            {
                run.Logger.LogWarning(exception, "A stop notice of {Run} could not be sent, attempt {Attempt}", run.RunId, attempt);
            }
        }
    }

    private sealed record OpenStep(bool IsShielded);
}
