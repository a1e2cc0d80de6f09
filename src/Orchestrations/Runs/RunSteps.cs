using System.Collections.Immutable;
using Microsoft.DurableTask;

namespace Preempt;

/// <summary>The steps that a run has called: the gates around them, their attempts, and what stops them.</summary>
internal sealed class RunSteps(RunSupervisor run, GateKeeper gates, StepWorkers workers, TaskOrchestrationContext context)
{
    private readonly Dictionary<int, OpenStep> _open = [];
    private int _calls;

    public async Task<TOutput> CallAsync<TOutput>(Type type, object? input, StepOptions options, CancellationToken cancellationToken)
    {
        bool isShielded = !cancellationToken.CanBeCanceled;
        run.CheckMayBegin(cancellationToken);
        StepCall call = new()
        {
            RunId = run.RunId,
            Life = run.Request.Life,
            Number = ++_calls,
            Name = StepRegistry.NameOf(type),
            Class = type.FullName,
            Timeout = options.Timeout,
            Shielded = isShielded,
            Input = Payload.ToJson(input),
            TraceParent = run.Request.TraceParent,
        };
        OpenStep step = new() { Number = call.Number, Name = call.Name, IsShielded = isShielded };
        using CancellationTokenRegistration registration = isShielded || cancellationToken == run.StopToken
            ? default
            : cancellationToken.Register(() => Stop(step, OwnStopRequest()));
        using CancellationTokenSource waits = isShielded
            ? CancellationTokenSource.CreateLinkedTokenSource(step.Stopping, run.EndToken)
            : CancellationTokenSource.CreateLinkedTokenSource(step.Stopping, run.EndToken, run.StopToken);
        _open.Add(step.Number, step);
        try
        {
            StepOutcome? outcome = await EnterAsync(type.Name, call, step, waits.Token)
                ? await AttemptAsync(call, options, step, waits.Token)
                : null;
            return Result<TOutput>(call, options, step, outcome, cancellationToken);
        }
        finally
        {
            _open.Remove(step.Number);
            foreach (GateVisit visit in step.Visits)
                await gates.LeaveAsync(visit);
        }
    }

    /// <summary>Enters the gates around a step; false when it is not to begin.</summary>
    private async Task<bool> EnterAsync(string className, StepCall call, OpenStep step, CancellationToken stop)
    {
        if (!run.Request.StepGates.TryGetValue(className, out ImmutableArray<RunGate> rules))
            return true;
        Begin(call, StepStatus.Queued);
        foreach (RunGate rule in rules)
        {
            GateVisit visit = new(rule, new RunAge(run.HolderOf(step.Number), run.Now.AddTicks(step.Number)));
            step.Visits.Add(visit);
            if (await gates.EnterAsync(visit, stop) && !stop.IsCancellationRequested)
                continue;

            if (visit.Refusal is { } refusal)
                step.TryStop(refusal);
            run.Update(run.Record.Finish(call.Number, Ended(StepStatus.Cancelled, run.Now, step)));
            return false;
        }

        return true;
    }

    /// <summary>
    /// Attempts until one succeeds, none is left, or a stop ends them. Then the step is cancelled, also when its last attempt has failed
    /// before the pause: another attempt would have followed, had nobody asked for the stop.
    /// </summary>
    private async Task<StepOutcome> AttemptAsync(StepCall call, StepOptions options, OpenStep step, CancellationToken stop)
    {
        StepOutcome outcome = await WorkAsync(call, step);
        while (HasFailed(outcome) && options.Retry.DelayAfter(call.Attempt) is { } delay)
        {
            await PauseAsync(delay, stop);
            if (stop.IsCancellationRequested)
                return outcome with { Status = StepStatus.Cancelled };
            call = call with { Attempt = call.Attempt + 1 };
            outcome = await WorkAsync(call, step);
        }

        return outcome;
    }

    private async Task PauseAsync(TimeSpan delay, CancellationToken stop)
    {
        try
        {
            stop.ThrowIfCancellationRequested();
            await run.SleepUntilAsync(context.CurrentUtcDateTime + delay, stop);
        }
        catch (OperationCanceledException)
        {
            // There is no further attempt.
        }
    }

    private TOutput Result<TOutput>(
        StepCall call, StepOptions options, OpenStep step, StepOutcome? outcome, CancellationToken cancellationToken) => outcome switch
        {
            { Status: StepStatus.Succeeded } => Payload.Read<TOutput>(outcome.Output),
            { Status: StepStatus.Failed } => throw new StepFailedException(call.Name, outcome.Error!),
            { Status: StepStatus.TimedOut } when HasFailed(outcome) => throw new StepFailedException(call.Name, TimeoutError(options), isTimeout: true),
            _ when step.Stop is { Reason: not StopReason.Self } stop => throw new StepStoppedException(call.Name, stop),
            _ => throw new OperationCanceledException(
                $"Step '{call.Name}' was told to stop: {outcome?.StopReason ?? run.Record.Stop?.Reason}.",
                cancellationToken.CanBeCanceled ? cancellationToken : run.EndToken),
        };

    /// <summary>A step that was over its own time has failed; one that was stopped with its run has not.</summary>
    private bool HasFailed(StepOutcome outcome) =>
        outcome.Status == StepStatus.Failed || (outcome.Status == StepStatus.TimedOut && run.Record.Stop?.Reason != StopReason.Timeout);

    private static RunError TimeoutError(StepOptions options) =>
        new(typeof(TimeoutException).FullName!, $"It took longer than its timeout of {options.Timeout}.");

    /// <summary>One attempt: until it ends, or is waited for no longer because its own grace is over.</summary>
    private async Task<StepOutcome> WorkAsync(StepCall call, OpenStep step)
    {
        DateTimeOffset startedAt = run.Now;
        Begin(call, StepStatus.Running);
        Task<StepOutcome> work = CallWorkerAsync(call, step);
        await Task.WhenAny(work, step.Abandoned);
        if (work.IsCompleted)
            return await work;
        StepOutcome abandoned = Ended(StepStatus.Abandoned, startedAt, step);
        run.Update(run.Record.Finish(call.Number, abandoned));
        return abandoned;
    }

    /// <summary>Also a step that was abandoned is on record as it really ended, should it end before its run.</summary>
    private async Task<StepOutcome> CallWorkerAsync(StepCall call, OpenStep step)
    {
        StepOutcome outcome = await BeginAsync(call, step);
        run.Update(run.Record.Finish(call.Number, outcome));
        workers.Release(step);
        // A step hears of a cancel through the feed, which may be faster than the request to its run.
        if (step.Stop is null && outcome.StopReason is { } reason and not (StopReason.Self or StopReason.Timeout))
            await run.WaitForStopRequestAsync(reason);
        return outcome;
    }

    /// <summary>Calls the worker, and again where the gates do not know what they have answered.</summary>
    private async Task<StepOutcome> BeginAsync(StepCall call, OpenStep step)
    {
        const int MaxReturns = 10;
        for (int returns = 0; ; returns++)
        {
            call = call with
            {
                Slots = gates.SlotsToFind(step),
                FencingTokens = run.Record.FencingTokens,
                StepFencingTokens = [.. step.Visits.Select(visit => visit.Token)],
            };
            StepOutcome outcome = await workers.CallAsync(call, step);
            if (outcome.IsInBooks == true)
                gates.Found(step, call.Slots);
            CancellationToken stop = step.IsShielded ? run.EndToken : run.StopToken;
            if (outcome.IsInBooks != false || returns == MaxReturns || !await gates.ReturnAsync(step, stop))
                return outcome;
        }
    }

    /// <summary>What the workflow's own code asks of a step: it is waited for as long as the run lives.</summary>
    private StopRequest OwnStopRequest() => new() { Reason = StopReason.Self, RequestedAt = run.Now, Grace = Duration.Never };

    /// <summary>One step alone is to stop; an unknown number is one that has ended.</summary>
    public void Stop(int number, StopRequest request)
    {
        if (_open.TryGetValue(number, out OpenStep? step))
            Stop(step, request);
    }

    private void Stop(OpenStep step, StopRequest request)
    {
        if (step.TryStop(request with { Grace = request.Grace ?? run.Request.Grace }) && step.IsAtWork)
            _ = workers.StopAsync(step);
    }

    private StepOutcome Ended(StepStatus status, DateTimeOffset startedAt, OpenStep step) => new()
    {
        Status = status,
        StartedAt = startedAt,
        EndedAt = run.Now,
        StopReason = step.Stop?.Reason ?? run.Record.Stop?.Reason,
    };

    private void Begin(StepCall call, StepStatus status) => run.Update(run.Record.Begin(new StepRecord
    {
        Number = call.Number,
        Name = call.Name,
        Attempt = call.Attempt,
        Started = run.Now.ToUnixTimeMilliseconds(),
        Status = status,
    }));
}
