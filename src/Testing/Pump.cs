using System.Diagnostics;
using Preempt.Embedded.Engine;

namespace Preempt.Testing;

/// <summary>
/// The test host's one thread: whoever waits on the host runs its work here, an item at a time, in an order that only the
/// seed decides. Continuations of activities come back here.
/// </summary>
/// <param name="patience">How long an activity may be out of sight before it is taken to wait.</param>
/// <param name="clocks">The clocks of the processes that do the work; null where there is one.</param>
internal sealed class Pump(int seed, TimeSpan patience, ProcessClocks? clocks) : SynchronizationContext, IWorkScheduler
{
    /// <summary>How long, in real time, an activity may work on another thread before the host gives up on it.</summary>
    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(30);

    private readonly object _lock = new();
    private readonly List<Action> _ready = [];
    private readonly HashSet<RunningActivity> _activities = [];
    private readonly Random _random = new(seed);

    public void Schedule(IThreadPoolWorkItem item)
    {
        if (item is ActivityRun run)
            Add(() => RunActivity(run));
        else
            Add(item.Execute);
    }

    public override void Post(SendOrPostCallback d, object? state) => Add(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    private void Add(Action action)
    {
        lock (_lock)
        {
            _ready.Add(action);
            Monitor.Pulse(_lock);
        }
    }

    private void RunActivity(ActivityRun run)
    {
        RunningActivity activity = new($"{run.Name} of {run.InstanceId}");
        lock (_lock)
            _activities.Add(activity);
        RunningActivity.Current = activity;
        SetSynchronizationContext(this);
        run.Execute();
        RunningActivity.Current = null;
        _ = EndAsync(run, activity);
    }

    private async Task EndAsync(ActivityRun run, RunningActivity activity)
    {
        await run.Ended;
        lock (_lock)
            _activities.Remove(activity);
    }

    /// <summary>Does something on the host's thread, such as moving its clock: what that sets free runs here too.</summary>
    public void Do(Action action)
    {
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>
    /// Runs work until the condition holds, or until nothing is left to do now: true if the condition holds.
    /// </summary>
    public bool RunUntil(Func<bool> condition)
    {
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        try
        {
            long start = Stopwatch.GetTimestamp();
            while (!condition())
            {
                if (TakeReady() is { } action)
                {
                    clocks?.Enter();
                    action();
                    start = Stopwatch.GetTimestamp();
                    continue;
                }

                if (FindWorking() is not { } working)
                    return false;
                // An activity works on another thread: its result, or its next wait, comes from there.
                WaitForWork();
                if (Stopwatch.GetElapsedTime(start) > LongestWork)
                    throw new TimeoutException($"Activity {working} has worked for {LongestWork} of real time.");
            }

            return true;
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    private Action? TakeReady()
    {
        lock (_lock)
        {
            if (_ready.Count == 0)
                return null;
            int index = seed == 0 ? 0 : _random.Next(_ready.Count);
            Action action = _ready[index];
            _ready.RemoveAt(index);
            return action;
        }
    }

    private void WaitForWork()
    {
        lock (_lock)
        {
            if (_ready.Count == 0)
                Monitor.Wait(_lock, TimeSpan.FromMilliseconds(1));
        }
    }

    private string? FindWorking()
    {
        lock (_lock)
            return _activities.FirstOrDefault(activity => !activity.IsWaiting(patience))?.Name;
    }
}
