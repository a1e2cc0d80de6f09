using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Hosting.Triggers;

namespace Preempt.Embedded.Hosting.Timers;

/// <summary>
/// Runs one timer function at its times, one run at a time. A run that lasts past the next time is followed by one more, past
/// due, and not by one for each time that it missed. What was run is remembered while the process lives.
/// </summary>
internal sealed class TimerLoop(TimerPlan plan, FunctionRunner runner, TimeProvider time, ILogger logger) : ITriggerLoop
{
    /// <summary>A run that starts later than this is past due.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>Runs that come more often are not worth monitoring.</summary>
    private static readonly TimeSpan ShortestMonitored = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private DateTime _last;
    private DateTime _lastUpdated;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public async Task RunAsync(CancellationToken stopping, CancellationToken deadline)
    {
        try
        {
            DateTime from = Now;
            if (plan.Trigger.RunOnStartup) await InvokeAsync(from, isPastDue: false, stopping, deadline);
            while (true)
            {
                DateTime due = plan.Schedule.Next(from);
                await WaitUntilAsync(due, stopping);
                DateTime started = Now;
                bool isPastDue = started - due > Tolerance;
                from = isPastDue ? started : due;
                await InvokeAsync(from, isPastDue, stopping, deadline);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops, and so does the schedule.
        }
    }

    private async Task WaitUntilAsync(DateTime due, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        for (TimeSpan wait = due - Now; wait > TimeSpan.Zero; wait = due - Now)
        {
            // Timers count whole milliseconds: rounded up, they do not fire before their time.
            double milliseconds = Math.Ceiling(Math.Min(wait.TotalMilliseconds, LongestWait.TotalMilliseconds));
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, stopping);
        }
    }

    private async Task InvokeAsync(DateTime at, bool isPastDue, CancellationToken stopping, CancellationToken deadline)
    {
        TimerInfo info = new() { IsPastDue = isPastDue, ScheduleStatus = StatusAt(at) };
        try
        {
            await runner.RunAsync(info, stopping).WaitAsync(deadline);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            logger.LogInformation("Function '{Function}' stopped with the host", plan.Function.Name);
        }
#pragma warning disable CA1031 // Whatever a function throws, its next time comes.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "Function '{Function}' failed", plan.Function.Name);
        }

        (_last, _lastUpdated) = (at, Now);
    }

    /// <summary>What the function is told of its schedule; nothing unless it is monitored.</summary>
    private ScheduleStatus? StatusAt(DateTime at)
    {
        DateTime next = plan.Schedule.Next(at);
        return plan.Trigger.UseMonitor && plan.Schedule.Next(next) - next >= ShortestMonitored
            ? new ScheduleStatus { Last = _last, Next = next, LastUpdated = _lastUpdated }
            : null;
    }
}
