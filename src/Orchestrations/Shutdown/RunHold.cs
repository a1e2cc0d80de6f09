using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>Keeps a run from starting while the app drains.</summary>
internal sealed class RunHold(RunSupervisor run, TaskOrchestrationContext context)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private TaskCompletionSource? _released;

    /// <summary>The app drains, or no longer does.</summary>
    public void Set(bool held)
    {
        if (run.Record.Held != held)
            run.Update(run.Record.Hold(held));
        if (!run.Record.Held)
            _released?.TrySetResult();
    }

    /// <summary>
    /// Waits while the app drains, or until the run is stopped. Now and then it asks whether the app still does: whoever is to tell
    /// it otherwise may have missed it.
    /// </summary>
    public async Task WaitAsync()
    {
        for (TimeSpan pause = FirstPause; run.Record.Held && !run.IsStopped; pause = pause < LongestPause ? pause * 2 : pause)
        {
            await WaitAsync(pause);
            if (!run.Record.Held || run.IsStopped)
                return;
            AppState state = await context.CallEntityAsync<AppState>(AppSwitch.Id, nameof(AppSwitch.Get));
            if (state.Mode != AppMode.Running)
                continue;
            run.Logger.LogInformation("Run {Run} was not told that the app no longer drains", run.RunId);
            Set(held: false);
        }
    }

    private async Task WaitAsync(TimeSpan pause)
    {
        _released = new TaskCompletionSource();
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(run.StopToken);
        await Task.WhenAny(_released.Task, run.SleepUntilAsync(context.CurrentUtcDateTime + pause, timer.Token));
        timer.Cancel();
    }
}
