using System.Diagnostics;
using System.Globalization;
using System.Text;
using Preempt.Embedded.Engine;

namespace Preempt.Testing;

/// <summary>
/// The test host's one thread: a call that waits on the host runs its work here, an item at a time, in an order that only the
/// seed decides. Continuations of activities and entities come back here.
/// </summary>
/// <param name="seed">Decides the order; 0 takes work as it comes.</param>
/// <param name="clock">The host's clock.</param>
/// <param name="realTimeLimit">How long, in real time, work may hold the clock.</param>
/// <param name="clocks">The clocks of the processes that do the work; null where there is one.</param>
internal sealed class Pump(int seed, SkippingClock clock, TimeSpan realTimeLimit, ProcessClocks? clocks) : SynchronizationContext, IWorkScheduler
{
    /// <summary>How often, in real time, work on other threads is looked at: nobody says that it has begun to wait on the clock.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    /// <summary>When, in real time, the log hears what the clock stands still for.</summary>
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(5);

    private const int MaxNamed = 20;

    private readonly object _lock = new();
    private readonly List<Action> _ready = [];
    private readonly List<RunningWork> _working = [];
    private readonly List<Task> _hostWaits = [];
    private readonly Random _random = new(seed);
    private bool _isLogged;

    /// <summary>Takes what the clock has stood still for when that is long.</summary>
    public Action<string> Log { get; set; } = static _ => { };

    public void Schedule(IThreadPoolWorkItem item)
    {
        if (item is IFunctionWork work)
            Add(() => Begin(work));
        else
            Add(item.Execute);
    }

    public void Waits(Task task)
    {
        lock (_lock)
            _hostWaits.Add(task);
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

    private void Begin(IFunctionWork work)
    {
        RunningWork running = new(work);
        RunningWork.Current = running;
        SetSynchronizationContext(this);
        running.Task = work.RunAsync();
        RunningWork.Current = null;
        if (!running.Task.IsCompleted)
            _working.Add(running);
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
            while (!condition())
            {
                if (TakeReady() is { } action)
                {
                    clocks?.Enter();
                    action();
                }
                else if (FindHolding() is { Count: > 0 } holding)
                {
                    // What it waits for comes from another thread.
                    Hold(holding);
                }
                else if (!HasReady())
                {
                    return false;
                }
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

    private bool HasReady()
    {
        lock (_lock)
            return _ready.Count > 0;
    }

    /// <summary>The work that does anything other than wait on the clock, or on what this host does.</summary>
    private List<RunningWork> FindHolding()
    {
        _working.RemoveAll(static work => work.Task.IsCompleted);
        if (_working.Count == 0)
            return [];
        AwaitGraph graph = clock.FindWaits();
        lock (_lock)
        {
            _hostWaits.RemoveAll(static task => task.IsCompleted);
            foreach (Task task in _hostWaits)
                graph.Add(task, owner: null);
        }

        foreach (RunningWork waiting in _working.Where(graph.Has))
            waiting.Held = TimeSpan.Zero;
        return _working.FindAll(work => !graph.Has(work));
    }

    /// <summary>Waits a moment in real time, or until there is work.</summary>
    /// <exception cref="TimeoutException">The clock has stood still for too long.</exception>
    private void Hold(List<RunningWork> holding)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            if (_ready.Count == 0)
                Monitor.Wait(_lock, Look);
        }

        TimeSpan time = Stopwatch.GetElapsedTime(start);
        foreach (RunningWork work in holding)
            work.Held += time;
        TimeSpan longest = holding.Max(static work => work.Held);
        if (longest > LongWait && !_isLogged)
        {
            _isLogged = true;
            Log(Describe(holding));
        }

        if (longest > realTimeLimit && !Debugger.IsAttached)
            throw new TimeoutException(Describe(holding));
    }

    private string Describe(List<RunningWork> holding)
    {
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"The host's clock stands at {clock.GetUtcNow():O} while this is at work, which does not wait on it (it may for {realTimeLimit.TotalSeconds} s of real time, see RealTimeLimit):");
        foreach (RunningWork work in holding.Take(MaxNamed))
            text.Append(CultureInfo.InvariantCulture, $"\n  for {work.Held.TotalSeconds:0.0} s: {work.Name}");
        if (holding.Count > MaxNamed)
            text.Append(CultureInfo.InvariantCulture, $"\n  and {holding.Count - MaxNamed} more");
        return text.Append("\nWhat is to wait for time awaits a delay on that clock, as in Task.Delay(time, step.Time, step.CancellationToken).").ToString();
    }
}
