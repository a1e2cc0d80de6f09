using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>What ends a run by the clock: its schedule timeout, its execution timeout, its end condition; durable timers, all of them.</summary>
#pragma warning disable CA1001 // Lives as long as its orchestration is in memory, and nothing says when that ends.
internal sealed class RunDeadlines(RunSupervisor run, TaskOrchestrationContext context)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _started = new();
    private Duration _timeout = run.Request.Timeout;
    private CancellationTokenSource? _timeoutTimer;

    /// <summary>From when the run was accepted until it starts.</summary>
    public void WatchQueue()
    {
        if (!run.Request.ScheduleTimeout.IsNever && (run.Request.Held || !run.Request.Gates.IsEmpty))
            _ = WatchScheduleAsync();
    }

    /// <summary>From when the code begins until the run ends.</summary>
    public void WatchExecution()
    {
        _started.Cancel();
        _ = WatchTimeoutAsync();
        _ = WatchEndConditionAsync();
    }

    private async Task WatchScheduleAsync()
    {
        using CancellationTokenSource queued = CancellationTokenSource.CreateLinkedTokenSource(_started.Token, run.EndToken);
        try
        {
            await run.SleepUntilAsync(run.Request.QueuedAt.UtcDateTime + run.Request.ScheduleTimeout.Value, queued.Token);
            run.RequestStop(new StopRequest
            {
                Reason = StopReason.ScheduleTimeout,
                RequestedAt = run.Now,
                QueuedOnly = true,
                Message = $"The run waited longer than its schedule timeout of {run.Request.ScheduleTimeout}.",
            });
        }
        catch (OperationCanceledException)
        {
            // The run started in time, or ended before.
        }
    }

    /// <summary>Asks for a stop if the run's end condition is met now. A run that is due to start then is not started.</summary>
    public bool StopsByEndCondition()
    {
        if (run.Request.EndWhen is not { } condition || !condition.IsMet(run.Now, run.Request.Zones))
            return false;
        RequestEnd(condition);
        return true;
    }

    /// <summary>Asks for a stop if the run is to end on this event.</summary>
    public void StopIfEndsOn(string name, JsonElement? payload)
    {
        if (run.Request.EndWhen is { } condition && condition.MatchesEvent(name, payload, run.Now, run.Request.Zones))
            RequestEnd(condition);
    }

    private void RequestEnd(EndCondition condition) => run.RequestStop(new StopRequest
    {
        Reason = StopReason.EndCondition,
        RequestedAt = run.Now,
        Message = $"The run was to end when: {condition}.",
    });

    /// <summary>One durable timer at a time, for the next instant at which the end condition can change.</summary>
    private async Task WatchEndConditionAsync()
    {
        try
        {
            while (run.Request.EndWhen?.NextChange(run.Now, run.Request.Zones) is { } next)
            {
                await run.SleepUntilAsync(next.UtcDateTime, run.EndToken);
                if (StopsByEndCondition())
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // The run ended before.
        }
    }

    /// <summary>Waits for the execution timeout; one that is extended meanwhile is waited for again.</summary>
    private async Task WatchTimeoutAsync()
    {
        try
        {
            while (_timeout is { IsNever: false } timeout && run.Record.StartedAt!.Value.UtcDateTime + timeout.Value is var end
                && context.CurrentUtcDateTime < end)
            {
                using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(run.EndToken);
                _timeoutTimer = timer;
                await WaitUnlessExtendedAsync(end, timer.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (_timeout.IsNever)
            return;
        run.RequestStop(new StopRequest
        {
            Reason = StopReason.Timeout,
            RequestedAt = run.Now,
            Message = $"The run took longer than its timeout of {_timeout}.",
        });
    }

    private async Task WaitUnlessExtendedAsync(DateTime end, CancellationToken cancellationToken)
    {
        try
        {
            await run.SleepUntilAsync(end, cancellationToken);
        }
        catch (OperationCanceledException) when (!run.EndToken.IsCancellationRequested)
        {
            // The timeout was extended: the new one is waited for.
        }
    }

    /// <summary>Adds to what is left of the execution timeout.</summary>
    public void Extend(Duration by)
    {
        if (_timeout.IsNever || run.IsStopped)
            return;
        TimeSpan longest = Duration.LongestValue;
        _timeout = by.IsNever || by.Value > longest - _timeout.Value ? Duration.Never : _timeout.Value + by.Value;
        run.Logger.LogInformation("Run {Run} was given {By} more, {Timeout} in all", run.RunId, by, _timeout);
        _timeoutTimer?.Cancel();
    }
}
