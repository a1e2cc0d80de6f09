using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Engine;

/// <summary>
/// An orchestration that has not ended. A turn takes the messages of its inbox, runs the code on them, and commits what it did
/// before anyone sees it.
/// </summary>
internal sealed class OrchestrationInstance : IThreadPoolWorkItem
{
    private readonly DurableEngine _engine;
    private readonly Inbox _inbox;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, TimerQueue.Entry> _timers = [];
    private OrchestratorCode? _code;
    private TimerQueue.Entry? _start;
    private TaskCompletionSource<InstanceHeader>? _changed;
    private TaskCompletionSource? _settled;
    private bool _isSettled;
    private List<Delivery>? _again;
    private bool _hasHistory;
    private volatile InstanceHeader _header;
    private volatile bool _isDurable;
    private volatile bool _isScheduled;
    private volatile bool _isLost;
    private volatile string? _strayed;

    public OrchestrationInstance(DurableEngine engine, InstanceHeader header)
    {
        _engine = engine;
        _header = header;
        _inbox = new Inbox(() => engine.Schedule(this));
    }

    /// <summary>The header as committed.</summary>
    public InstanceHeader Header => _header;

    /// <summary>Whether it cannot go on because the store does not have what that takes: its first turn fails it.</summary>
    private bool IsUnreadable => _header.Damage is { IsFatal: true };

    /// <summary>Whether its start is in the store. Before that only the engine knows of it.</summary>
    public bool IsDurable => _isDurable;

    /// <summary>Begins, now that the start is durable, or when its time comes.</summary>
    public void Open() => Open(ask: true);

    private void Open(bool ask)
    {
        _isDurable = true;
        Settle();
        if (!IsUnreadable && _header.Status == OrchestrationRuntimeStatus.Pending && _header.StartAt is { } startAt && startAt > _engine.Time.GetUtcNow())
        {
            _isScheduled = true;
            _start = _engine.Timers.Add(startAt, Begin);
        }

        _inbox.Open(ask && !_isScheduled);
    }

    private void Begin()
    {
        _isScheduled = false;
        _inbox.Ask();
    }

    public void Deliver(Delivery delivery)
    {
        if (IsOvertaken(delivery) || !_inbox.TryAdd(delivery))
            _engine.Drop([delivery]);
    }

    private bool IsOvertaken(Delivery delivery) =>
        _engine.Options.Faults is { } faults && delivery.Event is EventRaised
        && _header.Status == OrchestrationRuntimeStatus.Pending && faults.EventOvertakesStart();

    /// <summary>Takes no more messages; those that wait are dropped for good.</summary>
    public void Close()
    {
        _engine.Drop(_inbox.Close());
        Settle();
    }

    private void Settle()
    {
        lock (_lock)
        {
            _isSettled = true;
            _settled?.TrySetResult();
        }
    }

    /// <summary>Completes when it is known whether the instance starts: it is durable, or its id was given back.</summary>
    public Task SettledAsync()
    {
        lock (_lock)
        {
            if (_isSettled)
                return Task.CompletedTask;
            _settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _settled.Task;
        }
    }

    /// <summary>Completes with the next header after the one that was seen.</summary>
    public Task<InstanceHeader> NextChangeAsync(InstanceHeader seen)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_header, seen))
                return Task.FromResult(_header);
            _changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _changed.Task;
        }
    }

    public void Execute()
    {
        try
        {
            Turn turn = Run(out List<Delivery> taken);
            if (turn.Commit is { Header: not null, IsHeard: true } && _engine.Options.Faults?.TurnRepeats() is { } pause)
            {
                Repeat(turn.Commit, taken, pause);
                return;
            }

            _engine.Instances.Reserve(turn.Commit);
            if (turn.Commit.Header is null && turn.Commit.Consumed.Count == 0)
                Publish(turn);
            else
                _engine.Commit(turn.Commit, () => Publish(turn));
        }
#pragma warning disable CA1031 // What the code throws is part of its turn: this is the store's or the engine's own failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _engine.Fail(exception);
        }
    }

    /// <summary>The turn's messages are sent, and its history is lost: it happens again, later. Nothing else happens meanwhile.</summary>
    private void Repeat(Commit lost, List<Delivery> taken, TimeSpan pause)
    {
        _code = null;
        _isLost = true;
        _engine.Repeat(lost, pause, again: TakeUpAgain, sent: () => _inbox.Rest(CanUse));

        void TakeUpAgain()
        {
            _again = taken;
            _isLost = false;
            _inbox.Ask();
        }
    }

    private List<Delivery> Take(out bool isAsked)
    {
        List<Delivery> batch = _inbox.Take(out isAsked);
        if (_again is not { } again)
            return batch;
        // What has come since may answer what the turn asks for: that is for the turn after it.
        _again = null;
        isAsked = true;
        bool isOver = batch.Exists(delivery => delivery.Event is Terminated);
        if (!isOver)
            _inbox.PutBack(batch);
        return isOver ? [.. again, .. batch] : again;
    }

    private Turn Run(out List<Delivery> taken)
    {
        List<Delivery> batch = taken = Take(out bool isAsked);
        Turn turn = new(_header, _engine.Time.GetUtcNow(), _engine.NewId);
        if (IsUnreadable)
        {
            turn.Commit.Consumed.AddRange(SequencesOf(batch));
            turn.Fail(TaskFailureDetails.FromException(new InvalidDataException(_header.Damage!.Message)), _header.CustomStatus);
            return turn;
        }

        if (batch.Find(delivery => delivery.Event is Terminated)?.Event is Terminated terminated)
        {
            turn.Commit.Consumed.AddRange(SequencesOf(batch));
            turn.Terminate(terminated, _header.CustomStatus, terminated.Recursive ? FindChildren() : []);
            return turn;
        }

        if (_isScheduled || _isLost)
        {
            _inbox.PutBack(batch);
            return turn;
        }

        Intake intake = new(_header);
        batch.ForEach(intake.Add);
        _inbox.PutBack(intake.Held);
        taken = [.. batch.Except(intake.Held)];
        turn.Commit.Consumed.AddRange(intake.Consumed);
        if (intake.Arrived.Count > 0 || (isAsked && !intake.IsSuspended))
            Advance(turn, intake);
        return turn;
    }

    private static IEnumerable<long> SequencesOf(IEnumerable<Delivery> deliveries) =>
        deliveries.Select(delivery => delivery.Sequence).Where(sequence => sequence != 0);

    /// <summary>Ids of the sub-orchestrations of this execution that have not answered.</summary>
    private IEnumerable<string> FindChildren()
    {
        foreach (ChildStarted child in Unanswered(TryReadHistory() ?? []).OfType<ChildStarted>())
        {
            // The id may be that of another's instance: then this child has never started.
            if (_engine.Instances.Find(child.InstanceId)?.Header.Parent is { } parent
                && parent.ExecutionId == _header.ExecutionId && parent.TaskId == child.Id)
            {
                yield return child.InstanceId;
            }
        }
    }

    private void Advance(Turn turn, Intake intake)
    {
        if (!_engine.Functions.Orchestrators.TryGetValue(_header.Name, out OrchestratorFunction? function))
        {
            KeyNotFoundException missing = new($"No orchestrator function is named '{_header.Name}'.");
            turn.Fail(TaskFailureDetails.FromException(missing), _header.CustomStatus);
            return;
        }

        try
        {
            if (_strayed == _header.ExecutionId)
                throw GuardedContext.Strayed(_header.Name);
            Advance(turn, FindCode(function), intake);
        }
#pragma warning disable CA1031 // The executor keeps what the code throws: this is what the code can neither catch nor clean up after.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            turn.Fail(TaskFailureDetails.FromException(exception), _header.CustomStatus);
        }
    }

    private static void Advance(Turn turn, OrchestratorCode code, Intake intake)
    {
        intake.Arrived.RemoveAll(happened => IsStale(code, happened));
        if (intake.Arrived.Count == 0 && code.HasStarted)
            return;
        // Code that has not begun when it is suspended begins when it is resumed.
        bool isFirst = !code.HasStarted;
        turn.Begin(intake.Arrived, runsCode: !isFirst || !intake.IsSuspended);
        Progress progress = code.Advance(turn.Commit.History);
        turn.Decide(progress.Decisions);
        OrchestrationRuntimeStatus status = intake.IsSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running;
        turn.Conclude(progress, status, isFirst);
    }

    private static bool IsStale(OrchestratorCode code, HistoryEvent happened) => happened switch
    {
        TaskCompleted completed => !code.IsOpen(completed.Id),
        TaskFailed failed => !code.IsOpen(failed.Id),
        TimerFired fired => !code.IsOpen(fired.Id),
        _ => false,
    };

    /// <summary>The code, where its history has brought it: in memory, or replayed.</summary>
    private OrchestratorCode FindCode(OrchestratorFunction function)
    {
        if (_code is { StaysInMemory: true } sticky && !_engine.Options.ReplayEveryTurn)
            return sticky;
        string executionId = _header.ExecutionId;
        IReadOnlyList<HistoryEvent> history = _hasHistory ? _engine.Store.ReadHistory(_header.InstanceId) : [];
        return _code = new OrchestratorCode(_header, function, _engine, history, () => OnStrayed(executionId));
    }

    /// <summary>The code was found on another thread: the next turn fails the orchestration.</summary>
    private void OnStrayed(string executionId)
    {
        _strayed = executionId;
        _inbox.Ask();
    }

    private void Publish(Turn turn)
    {
        InstanceHeader after = turn.After;
        bool isNewExecution = after.ExecutionId != _header.ExecutionId;
        if (after.HasEnded || isNewExecution)
            ForgetExecution();
        if (after.HasEnded)
        {
            // In this order, so that an instance that takes the id over finds nothing of this one.
            Close();
            _engine.Instances.Forget(this);
        }

        _hasHistory |= turn.Commit.Header is not null;
        SetHeader(after);
        if (!after.HasEnded)
            Start(turn);
        _engine.Publish(turn.Commit);
        if (isNewExecution)
            _inbox.Ask();
        _inbox.Rest(CanUse);
    }

    private void ForgetExecution()
    {
        _code = null;
        _start?.Cancel();
        CancelTimers(_timers.Keys);
    }

    private void SetHeader(InstanceHeader header)
    {
        TaskCompletionSource<InstanceHeader>? changed;
        lock (_lock)
        {
            if (ReferenceEquals(_header, header))
                return;
            _header = header;
            changed = _changed;
            _changed = null;
        }

        changed?.SetResult(header);
    }

    private bool CanUse(Delivery delivery) =>
        delivery.Event is Terminated
        || (!_isScheduled && !_isLost && (_header.Status != OrchestrationRuntimeStatus.Suspended || Intake.PassesSuspension(delivery.Event)));

    private void Start(Turn turn)
    {
        foreach (TaskScheduled activity in turn.Activities)
            _engine.StartActivity(_header, activity);
        foreach (TimerCreated timer in turn.Timers)
            StartTimer(timer);
        if (_timers.Count > 0)
            CancelTimers(turn.Commit.History.OfType<TimerFired>().Select(fired => fired.Id));
    }

    private void StartTimer(TimerCreated timer)
    {
        Delivery fired = new(_header.InstanceId, new TimerFired(timer.Id), _header.ExecutionId);
        TimeSpan lead = _engine.Options.Faults?.TimerLead() ?? TimeSpan.Zero;
        DateTimeOffset dueAt = new(timer.DueAt.Kind == DateTimeKind.Local ? timer.DueAt.ToUniversalTime() : timer.DueAt, TimeSpan.Zero);
        _timers[timer.Id] = _engine.Timers.Add(dueAt - lead, () => _engine.Send(fired));
    }

    private void CancelTimers(IEnumerable<int> ids)
    {
        foreach (int id in ids)
        {
            if (_timers.Remove(id, out TimerQueue.Entry? timer))
                timer.Cancel();
        }
    }

    /// <summary>Takes up what a process before this one left behind: activities run again, timers are set again, lost answers are given.</summary>
    public void Recover(LostAnswers lost)
    {
        if (_header.Damage is { } damage)
            _engine.Logger.LogError("{Damage}", damage.Message);
        if (IsUnreadable || TryReadHistory() is not { } history)
        {
            // Its next turn fails it, and says why; all others go on.
            _hasHistory = true;
            Open(ask: true);
            return;
        }

        _hasHistory = history.Count > 0;
        // An activity may have answered although no turn has taken the answer.
        IEnumerable<HistoryEvent> waiting =
            _inbox.Waiting.Where(delivery => delivery.ExecutionId == _header.ExecutionId).Select(delivery => delivery.Event);
        foreach (Decision open in Unanswered([.. history, .. waiting]))
        {
            if (open is TaskScheduled activity)
                _engine.StartActivity(_header, activity);
            else if (open is TimerCreated timer)
                StartTimer(timer);
            else if (lost.Find(_header, open) is { } answer)
                Deliver(new Delivery(_header.InstanceId, answer, _header.ExecutionId));
        }

        // Code that has begun needs no turn before something comes for it.
        Open(ask: !history.OfType<TurnStarted>().Any());
    }

    /// <summary>What the store has; null where that is no history.</summary>
    private IReadOnlyList<HistoryEvent>? TryReadHistory()
    {
        try
        {
            return _engine.Store.ReadHistory(_header.InstanceId);
        }
        catch (InvalidDataException exception)
        {
            _engine.Logger.LogError(exception, "Instance {Instance} cannot go on", _header.InstanceId);
            return null;
        }
    }

    private static IEnumerable<Decision> Unanswered(IReadOnlyList<HistoryEvent> history)
    {
        HashSet<int> answered = [];
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

        return history.OfType<Decision>().Where(decision => !answered.Contains(decision.Id));
    }
}
