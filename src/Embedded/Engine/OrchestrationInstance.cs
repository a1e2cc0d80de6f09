using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Engine;

/// <summary>
/// An orchestration that has not ended. Messages wait in its inbox; a turn takes them all, runs the code on them, and commits
/// what it did before anyone sees it. Turns of one instance never overlap.
/// </summary>
internal sealed class OrchestrationInstance : IThreadPoolWorkItem
{
    private readonly DurableEngine _engine;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, TimerQueue.Entry> _timers = [];
    private List<Delivery> _inbox = [];
    private List<TaskCompletionSource<InstanceHeader>>? _watchers;
    private OrchestrationExecutor? _executor;
    private bool _isOpen;
    private bool _isBusy;
    private volatile InstanceHeader _header;

    public OrchestrationInstance(DurableEngine engine, InstanceHeader header)
    {
        _engine = engine;
        _header = header;
    }

    /// <summary>The header as committed.</summary>
    public InstanceHeader Header => _header;

    /// <summary>Whether the start is durable; before, the instance only keeps its id from being taken.</summary>
    public bool IsStarted { get; set; }

    /// <summary>Lets turns begin, now that the start is durable.</summary>
    public void Open(bool run)
    {
        lock (_lock)
        {
            _isOpen = true;
            _isBusy = run || _inbox.Count > 0;
            if (_isBusy)
                _engine.Schedule(this);
        }
    }

    public void Deliver(Delivery delivery)
    {
        lock (_lock)
        {
            if (!_header.HasEnded)
            {
                _inbox.Add(delivery);
                Wake();
                return;
            }
        }

        _engine.Drop([delivery]);
    }

    /// <summary>Asks for a turn although there is no message.</summary>
    private void WakeUp()
    {
        lock (_lock)
            Wake();
    }

    private void Wake()
    {
        if (!_isOpen || _isBusy)
            return;
        _isBusy = true;
        _engine.Schedule(this);
    }

    /// <summary>Completes when the header next changes.</summary>
    public Task<InstanceHeader> NextChangeAsync(InstanceHeader seen)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_header, seen))
                return Task.FromResult(_header);
            TaskCompletionSource<InstanceHeader> watcher = new(TaskCreationOptions.RunContinuationsAsynchronously);
            (_watchers ??= []).Add(watcher);
            return watcher.Task;
        }
    }

    public void Execute()
    {
        List<Delivery> batch;
        lock (_lock)
        {
            batch = _inbox;
            _inbox = [];
        }

        Turn turn = Run(batch);
        _engine.Reserve(turn.Commit);
        if (turn.Commit.Header is null && turn.Commit.Consumed.Count == 0)
            Publish(turn);
        else
            _engine.Commit(turn.Commit, () => Publish(turn));
    }

    private Turn Run(List<Delivery> batch)
    {
        DateTimeOffset now = _engine.Time.GetUtcNow();
        Turn turn = new(_header, now);
        bool isSuspended = _header.Status == OrchestrationRuntimeStatus.Suspended;
        List<HistoryEvent> arrived = [];
        List<Delivery> held = [];
        foreach (Delivery delivery in batch)
        {
            if (isSuspended && delivery.Event is not (Resumed or Terminated))
            {
                held.Add(delivery);
                continue;
            }

            if (delivery.Sequence != 0)
                turn.Commit.Consumed.Add(delivery.Sequence);
            if (delivery.ExecutionId is not null && delivery.ExecutionId != _header.ExecutionId)
                continue;
            switch (delivery.Event)
            {
                case Terminated terminated:
                    turn.Terminate(terminated.Output, _header.CustomStatus);
                    turn.Commit.History.Add(terminated);
                    turn.Orphans = terminated.Recursive ? FindChildren() : [];
                    return turn;
                case Suspended:
                    isSuspended = true;
                    arrived.Add(delivery.Event);
                    break;
                case Resumed:
                    isSuspended = false;
                    arrived.Add(delivery.Event);
                    break;
                default:
                    arrived.Add(delivery.Event);
                    break;
            }
        }

        if (held.Count > 0)
        {
            lock (_lock)
                _inbox.InsertRange(0, held);
        }

        Advance(turn, arrived, isSuspended, now);
        return turn;
    }

    private List<string> FindChildren() => [.. _engine.Store.ReadHistory(_header.InstanceId).OfType<ChildStarted>().Select(child => child.InstanceId)];

    private void Advance(Turn turn, List<HistoryEvent> arrived, bool isSuspended, DateTimeOffset now)
    {
        OrchestrationExecutor executor;
        try
        {
            executor = GetExecutor();
        }
        catch (KeyNotFoundException)
        {
            turn.Fail(new TaskFailureDetails(
                nameof(KeyNotFoundException), $"No orchestrator function is named '{_header.Name}'.", null, null, null), _header.CustomStatus);
            return;
        }

        if (executor.Broken is null)
        {
            arrived.RemoveAll(happened => IsStale(executor, happened));
            if (arrived.Count > 0 || !executor.HasStarted)
            {
                turn.Commit.History.Add(new TurnStarted(now.UtcDateTime));
                turn.Commit.History.AddRange(arrived);
            }

            turn.Decide(executor.Advance([.. turn.Commit.History]));
        }

        turn.CancelledTimers = executor.TakeCancelledTimers();
        Conclude(turn, executor, isSuspended);
    }

    private static bool IsStale(OrchestrationExecutor executor, HistoryEvent happened) => happened switch
    {
        TaskCompleted completed => !executor.IsOpen(completed.Id),
        TaskFailed failed => !executor.IsOpen(failed.Id),
        TimerFired fired => !executor.IsOpen(fired.Id),
        _ => false,
    };

    private void Conclude(Turn turn, OrchestrationExecutor executor, bool isSuspended)
    {
        if (executor.Broken is { } broken)
        {
            turn.Fail(TaskFailureDetails.FromException(broken), _header.CustomStatus);
            return;
        }

        if (!executor.HasEnded)
        {
            if (turn.Commit.History.Count > 0)
                turn.Continue(executor.CustomStatus, isSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running);
            return;
        }

        if (!executor.Result.IsCompletedSuccessfully)
            turn.Fail(TaskFailureDetails.FromException(Unwrap(executor.Result)), executor.CustomStatus);
        else if (executor.Continuation is { } continuation)
            turn.ContinueAsNew(continuation, _engine.NewId(), executor.CustomStatus, executor.Events.Buffered);
        else
            turn.Complete(OrchestrationExecutor.Serialize(executor.Result.Result), executor.CustomStatus);
    }

    private static Exception Unwrap(Task ended) => ended.Exception?.InnerException ?? new TaskCanceledException(ended);

    private OrchestrationExecutor GetExecutor()
    {
        if (_executor is { } sticky && !_engine.Options.ReplayEveryTurn)
            return sticky;
        OrchestrationExecutor executor = new(_header, _engine.FindOrchestrator(_header.Name), _engine.Loggers, WakeUp);
        executor.Replay(_engine.Store.ReadHistory(_header.InstanceId));
        return _executor = executor;
    }

    private void Publish(Turn turn)
    {
        InstanceHeader after = turn.After;
        bool isNewExecution = after.ExecutionId != _header.ExecutionId;
        List<TaskCompletionSource<InstanceHeader>>? watchers;
        lock (_lock)
        {
            _header = after;
            watchers = _watchers;
            _watchers = null;
        }

        if (after.HasEnded || isNewExecution)
        {
            _executor = null;
            CancelTimers(_timers.Keys);
        }

        if (after.HasEnded)
            _engine.Forget(this);
        else
            Start(turn);
        _engine.Publish(turn.Commit);
        foreach (string orphan in turn.Orphans)
            _engine.Deliver(new Delivery(orphan, new Terminated(null, Recursive: true)));
        watchers?.ForEach(watcher => watcher.TrySetResult(after));
        Rest(isNewExecution);
    }

    private void Start(Turn turn)
    {
        foreach (TaskScheduled activity in turn.Activities)
            _engine.StartActivity(_header, activity);
        foreach (TimerCreated timer in turn.Timers)
            StartTimer(timer);
        CancelTimers(turn.CancelledTimers);
    }

    private void StartTimer(TimerCreated timer)
    {
        Delivery fired = new(_header.InstanceId, new TimerFired(timer.Id), _header.ExecutionId);
        _timers[timer.Id] = _engine.Timers.Add(new DateTimeOffset(timer.DueAt, TimeSpan.Zero), () => Deliver(fired));
    }

    private void CancelTimers(IEnumerable<int> ids)
    {
        foreach (int id in ids)
        {
            if (_timers.Remove(id, out TimerQueue.Entry? timer))
                timer.Cancel();
        }
    }

    private void Rest(bool goOn)
    {
        if (_header.HasEnded)
        {
            _engine.Drop(_inbox);
            return;
        }

        lock (_lock)
        {
            bool hasWork = _header.Status == OrchestrationRuntimeStatus.Suspended
                ? _inbox.Exists(delivery => delivery.Event is Resumed or Terminated)
                : _inbox.Count > 0;
            _isBusy = goOn || hasWork;
            if (_isBusy)
                _engine.Schedule(this);
        }
    }

    /// <summary>Takes up what a process before this one left behind: activities run again, timers are set again.</summary>
    public void Recover()
    {
        HashSet<int> answered = [];
        List<HistoryEvent> history = [.. _engine.Store.ReadHistory(_header.InstanceId)];
        foreach (HistoryEvent happened in history)
        {
            int? id = happened switch
            {
                TaskCompleted completed => completed.Id,
                TaskFailed failed => failed.Id,
                TimerFired fired => fired.Id,
                _ => null,
            };
            if (id is not null)
                answered.Add(id.Value);
        }

        foreach (Decision open in history.OfType<Decision>().Where(decision => !answered.Contains(decision.Id)))
        {
            if (open is TaskScheduled activity)
                _engine.StartActivity(_header, activity);
            else if (open is TimerCreated timer)
                StartTimer(timer);
        }
    }
}
