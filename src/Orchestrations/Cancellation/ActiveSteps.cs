using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>A stop request on its way to running steps.</summary>
/// <param name="RunId">The run whose steps are to stop.</param>
/// <param name="Reason">Why.</param>
/// <param name="Step">The number of the one step that is to stop; null for all.</param>
/// <param name="Force">Whether shielded steps stop too: the run is about to be ended.</param>
/// <param name="RequestedAt">When the stop was asked for, UTC; null where nobody asked.</param>
/// <param name="Life">Which of the runs that had this id, see <see cref="HolderId.LifeOf"/>; null for whichever there is.</param>
internal sealed record StopNotice(
    string RunId, StopReason Reason, int? Step = null, bool Force = false, DateTimeOffset? RequestedAt = null, string? Life = null)
{
    /// <summary>
    /// The slots of a run that is dead: its step, which is the only one at work, gives them back when it has ended, because the run cannot.
    /// </summary>
    public ImmutableArray<GateSlot> GivesBack { get; init; } = [];
}

/// <summary>
/// The steps that run in this process, and the latest stop notices, so that a step that begins just after its run was stopped
/// hears of it too.
/// </summary>
internal sealed class ActiveSteps(ILogger<ActiveSteps> logger)
{
    /// <summary>Runs whose notices are remembered; older ones are forgotten, and the run's grace is what remains.</summary>
    private const int MaxNotices = 10_000;

    /// <summary>Of those, of one run: for its steps stopped alone, each has one.</summary>
    private const int MaxNoticesOfRun = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<ActiveStep>> _byRun = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<StopNotice>> _notices = new(StringComparer.Ordinal);
    private readonly Queue<string> _noticeOrder = new();

    /// <summary>Raised when a step begins and none ran here before, on its thread.</summary>
    public event Action? Began;

    /// <summary>Raised when a step says how far it is, and when one that has said so ends, on its thread.</summary>
    public event Action<ActiveStep>? ProgressChanged;

    /// <summary>Whether no step runs here.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _byRun.Count == 0;
        }
    }

    /// <summary>Takes in a step that begins; its token may already have fired.</summary>
    /// <param name="call">The step.</param>
    /// <param name="hostStopping">Fires when this process shuts down.</param>
    /// <param name="stopping">Told when the step's token is about to fire; not when that is so from the start.</param>
    public ActiveStep Enter(StepCall call, CancellationToken hostStopping, Action<ActiveStep>? stopping = null)
    {
        ActiveStep step = new(call, this);
        bool isFirst;
        lock (_lock)
        {
            isFirst = _byRun.Count == 0;
            if (!_byRun.TryGetValue(call.RunId, out List<ActiveStep>? steps))
                _byRun.Add(call.RunId, steps = []);
            steps.Add(step);
            foreach (StopNotice notice in _notices.GetValueOrDefault(call.RunId) ?? [])
                step.Consider(notice);
            // Any other stop comes after this lock.
            if (step.Reason is null)
                step.Stopping = stopping;
        }

        step.Watch(hostStopping);
        if (isFirst)
            Began?.Invoke();
        return step;
    }

    /// <summary>Tells the steps that a notice concerns, now and those to come.</summary>
    public void Apply(StopNotice notice)
    {
        ActiveStep[] concerned;
        lock (_lock)
        {
            Remember(notice);
            concerned = [.. _byRun.GetValueOrDefault(notice.RunId) ?? []];
        }

        foreach (ActiveStep step in concerned)
            step.Consider(notice);
    }

    /// <summary>What the run's steps at work here say of how far they are.</summary>
    public IReadOnlyList<StepReport> FindReports(string runId)
    {
        lock (_lock)
            return [.. (_byRun.GetValueOrDefault(runId) ?? []).Select(step => new StepReport(step.Call.Number, step.Call.Attempt, step.Progress))];
    }

    private void Remember(StopNotice notice)
    {
        if (_notices.TryGetValue(notice.RunId, out List<StopNotice>? known))
        {
            // The first reason stays: a second request adds nothing.
            if (known.Exists(other => (other.Step, other.Force, other.Life, other.GivesBack.IsEmpty)
                == (notice.Step, notice.Force, notice.Life, notice.GivesBack.IsEmpty)))
                return;
            if (known.Count == MaxNoticesOfRun)
                known.RemoveAt(0);
            known.Add(notice);
            return;
        }

        if (_noticeOrder.Count == MaxNotices)
            _notices.Remove(_noticeOrder.Dequeue());
        _notices.Add(notice.RunId, [notice]);
        _noticeOrder.Enqueue(notice.RunId);
    }

    internal void Exit(ActiveStep step)
    {
        lock (_lock)
        {
            if (_byRun.TryGetValue(step.Call.RunId, out List<ActiveStep>? steps) && steps.Remove(step) && steps.Count == 0)
                _byRun.Remove(step.Call.RunId);
        }

        if (step.Progress is not null)
            ProgressChanged?.Invoke(step);
    }

    internal void OnProgress(ActiveStep step) => ProgressChanged?.Invoke(step);

    internal void Report(Exception exception, StepCall call) =>
        logger.LogWarning(exception, "Step {Step} of {Run} threw when its token fired", call.Name, call.RunId);
}

/// <summary>A step that runs in this process: its token, and why it fired.</summary>
internal sealed class ActiveStep : IDisposable
{
    /// <summary>Set in the reason when it is this process that shuts down, and not the run's app.</summary>
    private const int ByHost = 1 << 16;

    private readonly ActiveSteps _all;
    private readonly CancellationTokenSource _source = new();
    private CancellationTokenRegistration _host;
    private StepDeadline? _deadline;
    private volatile StopNotice? _givesBack;
    private int _reason = -1;
    private long _stopHeardAt;

    public ActiveStep(StepCall call, ActiveSteps all)
    {
        Call = call;
        _all = all;
    }

    public StepCall Call { get; }

    public CancellationToken Token => _source.Token;

    /// <summary>Why the token fired, or is about to; null while nobody has stopped the step.</summary>
    public StopReason? Reason => Volatile.Read(ref _reason) is >= 0 and int reason ? (StopReason)(reason & ~ByHost) : null;

    /// <summary>Whether it fired because this process shuts down: the platform runs the step again elsewhere.</summary>
    public bool IsHostStopping => Volatile.Read(ref _reason) is >= 0 and int reason && (reason & ByHost) != 0;

    /// <summary>The slots that its worker gives back when it has ended, because its run is dead.</summary>
    public ImmutableArray<GateSlot> GivesBack => _givesBack?.GivesBack ?? [];

    /// <summary>When the stop was asked for, once the token has fired; null where nobody asked.</summary>
    public DateTimeOffset? StopRequestedAt { get; private set; }

    /// <summary>When the token fired, UTC; null before, and where it had fired from the start.</summary>
    public DateTimeOffset? StopHeardAt
    {
        get => Interlocked.Read(ref _stopHeardAt) is > 0 and long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        set => Interlocked.Exchange(ref _stopHeardAt, value?.UtcTicks ?? 0);
    }

    /// <summary>What the step said last of how far it is; null while it has said nothing.</summary>
    public RunProgress? Progress { get; private set; }

    /// <summary>Whether the step is no longer at work.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The step says how far it is.</summary>
    public void Report(RunProgress progress)
    {
        Progress = progress;
        _all.OnProgress(this);
    }

    /// <summary>Told when the token is about to fire, before the step's own code can be.</summary>
    public Action<ActiveStep>? Stopping { private get; set; }

    public void Watch(CancellationToken hostStopping) =>
        _host = hostStopping.Register(() => Stop((int)StopReason.Shutdown | ByHost));

    /// <summary>Stops the step when so much time has passed.</summary>
    public void StopAfter(Duration timeout, TimeProvider time)
    {
        if (!timeout.IsNever)
            _deadline = new StepDeadline(timeout.Value, time, () => Stop(StopReason.Timeout));
    }

    /// <summary>Puts the end of the step's time off.</summary>
    public void Extend(Duration by) => _deadline?.Extend(by);

    public void Consider(StopNotice notice)
    {
        // Notices are kept for some time, and the id may have been given anew.
        if (notice.Life is { } life && Call.Life is { } own && life != own)
            return;
        if (!notice.GivesBack.IsEmpty)
            _givesBack = notice;
        bool isMeant = notice.Step is { } number ? number == Call.Number : notice.Force || !Call.Shielded;
        if (isMeant)
            Stop(notice.Reason, notice.RequestedAt);
    }

    private void Stop(StopReason reason, DateTimeOffset? requestedAt = null) => Stop((int)reason, requestedAt);

    private void Stop(int reason, DateTimeOffset? requestedAt = null)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, -1) != -1)
            return;
        StopRequestedAt = requestedAt;
        // What waits for the token may run at once, and must not run on the thread that asked for the stop.
        if (SynchronizationContext.Current is { } context)
            context.Post(_ => Fire(), null);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static step => step.Fire(), this, preferLocal: false);
    }

    private void Fire()
    {
        Stopping?.Invoke(this);
        try
        {
            _source.Cancel();
        }
        catch (AggregateException exception)
        {
            _all.Report(exception, Call);
        }
        catch (ObjectDisposedException)
        {
            // The step has just ended by itself.
        }
    }

    public void Dispose()
    {
        _host.Dispose();
        _deadline?.Dispose();
        HasEnded = true;
        _all.Exit(this);
        _source.Dispose();
    }
}
