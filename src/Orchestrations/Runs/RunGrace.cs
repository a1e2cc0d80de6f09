using Microsoft.DurableTask;

namespace Preempt;

/// <summary>The time that a stopping run has. It begins with the first limit, and only shrinks.</summary>
/// <param name="remind">Tells those that are to stop again.</param>
internal sealed class RunGrace(RunSupervisor run, TaskOrchestrationContext context, Action remind)
{
    private readonly TaskCompletionSource _over = new();
    private DateTime _end = DateTime.MaxValue;
    private CancellationTokenSource? _timer;

    /// <summary>Completes when the time is over.</summary>
    public Task Over => _over.Task;

    /// <summary>
    /// From now on there is so much time at most; with "never" there is no end, and reminders all the same. A run whose code has not
    /// begun ends without.
    /// </summary>
    public void Limit(Duration grace)
    {
        DateTime end = grace.IsNever ? DateTime.MaxValue : context.CurrentUtcDateTime + grace.Value;
        if (_timer is not null && end >= _end)
            return;
        _end = end;
        _timer?.Cancel();
        if (run.Record.Status != RunStatus.Queued)
            _ = WatchAsync(end);
    }

    private async Task WatchAsync(DateTime end)
    {
        using CancellationTokenSource timer = new();
        _timer = timer;
        // Else the run ended in time, or was given less.
        if (await run.RemindAsync(end, remind, timer.Token))
            _over.TrySetResult();
    }
}
