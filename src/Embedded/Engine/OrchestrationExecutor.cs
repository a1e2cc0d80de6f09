using System.Text;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Engine;

/// <summary>
/// An orchestrator's code in memory, brought to where it is by applying its history in order. Not safe for use from two
/// threads at once; a turn uses it alone.
/// </summary>
internal sealed class OrchestrationExecutor
{
    /// <summary>The most that a custom status may take in UTF-16, as on Azure Storage.</summary>
    public const int MaxCustomStatusBytes = 16 * 1024;

    private readonly OrchestratorFunction _code;
    private readonly OrchestratorThread _thread;
    private readonly SortedDictionary<int, Decision> _undecided = [];
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly List<int> _cancelledTimers = [];
    private readonly List<EventRaised> _carried = [];
    private Task<string?>? _result;
    private int _nextId;

    /// <param name="onStrayed">Called, from any thread, when the code was found on a thread that is not the orchestrator's.</param>
    public OrchestrationExecutor(InstanceHeader header, OrchestratorFunction code, ILoggerFactory loggers, Action onStrayed)
    {
        Header = header;
        _code = code;
        _thread = new OrchestratorThread(onStrayed);
        Events = new EventWaiters(_thread);
        Context = new OrchestrationContext(this, header, loggers);
        CustomStatus = header.CustomStatus;
    }

    public InstanceHeader Header { get; }

    public OrchestrationContext Context { get; }

    public EventWaiters Events { get; }

    public bool IsReplaying { get; private set; }

    public DateTime Now { get; private set; }

    public string? CustomStatus { get; private set; }

    /// <summary>What the code asked to continue with; null while it has not.</summary>
    public Continuation? Continuation { get; private set; }

    /// <summary>A failure that the code can neither catch nor clean up after.</summary>
    public Exception? Broken { get; private set; }

    /// <summary>
    /// Whether the orchestration can end: its code has ended, and no activity, sub-orchestration or timer of its is open.
    /// </summary>
    public bool HasEnded => _result is { IsCompleted: true } && !_open.Values.Any(task => task.Kind != OpenTaskKind.EntityCall);

    public bool HasStarted => _result is not null;

    /// <summary>How the code ended, and its output as JSON; only when it has.</summary>
    public Task<string?> Result => _result!;

    public void Replay(IEnumerable<HistoryEvent> history)
    {
        IsReplaying = true;
        foreach (HistoryEvent happened in history)
            Apply(happened);
        CheckNothingIsMissing();
        IsReplaying = false;
        _cancelledTimers.Clear();
    }

    /// <summary>Applies what is new, and returns what the code decided on it.</summary>
    public IReadOnlyList<Decision> Advance(IEnumerable<HistoryEvent> arrived)
    {
        foreach (HistoryEvent happened in arrived)
            Apply(happened);
        Decision[] decisions = [.. _undecided.Values];
        _undecided.Clear();
        if (_thread.WasLeft || IsStuck)
            ReportStray();
        return decisions;
    }

    /// <summary>Whether nothing that the engine knows of could make the code go on.</summary>
    private bool IsStuck => _result is { IsCompleted: false } && _open.Count == 0 && !Events.AnyWaits;

    /// <summary>Whether an answer to this decision is still awaited.</summary>
    public bool IsOpen(int id) => _open.ContainsKey(id);

    /// <summary>Takes the ids of timers that were cancelled since the last call.</summary>
    public int[] TakeCancelledTimers()
    {
        if (_cancelledTimers.Count == 0)
            return [];
        int[] taken = [.. _cancelledTimers];
        _cancelledTimers.Clear();
        return taken;
    }

    private void Apply(HistoryEvent happened)
    {
        if (Broken is not null)
            return;
        try
        {
            _thread.Run(static call => call.Executor.ApplyOnThread(call.Happened), (Executor: this, Happened: happened));
        }
#pragma warning disable CA1031 // Only what nobody awaits gets here: an async void method of the code has thrown.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Break(exception);
        }
    }

    private void ApplyOnThread(HistoryEvent happened)
    {
        switch (happened)
        {
            case TurnStarted turn:
                Now = turn.At;
                if (_result is null)
                    Start();
                break;
            case Decision decision:
                Match(decision);
                break;
            case TaskCompleted completed:
                if (_open.Remove(completed.Id, out OpenTask? done))
                    done.Pending.Complete(completed.Result);
                break;
            case TaskFailed failed:
                if (_open.Remove(failed.Id, out OpenTask? lost))
                    lost.Pending.Fail(ToException(lost, failed));
                break;
            case TimerFired fired:
                if (_open.Remove(fired.Id, out OpenTask? timer))
                    timer.Pending.Complete(null);
                break;
            case EventRaised raised:
                Raise(raised);
                break;
        }
    }

    private void Start()
    {
        _result = RunCodeAsync();
        _carried.ForEach(Events.Raise);
    }

    /// <summary>An output that cannot be written as JSON is a failure of the code, as any other.</summary>
    private async Task<string?> RunCodeAsync() => Serialize(await _code(Context));

    private void Raise(EventRaised raised)
    {
        if (_result is null)
            _carried.Add(raised);
        else if (Continuation is null)
            Events.Raise(raised);
        else
            Events.Keep(raised);
    }

    private static Exception ToException(OpenTask task, TaskFailed failed)
    {
        if (task.Kind != OpenTaskKind.EntityCall)
            return new TaskFailedException(task.Name, failed.Id, failed.Failure);
        int separator = task.Name.IndexOf('/', StringComparison.Ordinal);
        return new EntityOperationFailedException(
            EntityInstanceId.FromString(task.Name[(separator + 1)..]), task.Name[..separator], failed.Failure);
    }

    private void Match(Decision recorded)
    {
        if (!_undecided.Remove(recorded.Id, out Decision? decided))
            Diverge($"its history has {recorded.Signature} as decision {recorded.Id}, which the code did not make");
        else if (decided.Signature != recorded.Signature)
            Diverge($"its history has {recorded.Signature} as decision {recorded.Id}, where the code made {decided.Signature}");
    }

    private void CheckNothingIsMissing()
    {
        if (Broken is null && _undecided.Count > 0)
        {
            Decision extra = _undecided.Values.First();
            Diverge($"the code made {extra.Signature} as decision {extra.Id}, which its history does not have");
        }
    }

    private void Diverge(string how) => Break(new NonDeterminismException(
        $"Orchestrator '{Header.Name}' is not deterministic: {how}. Has its code changed, or does it read a clock, randomness or state from outside?"));

    /// <summary>Fails the orchestration, because its code waits for something that no history can bring back.</summary>
    public void ReportStray() => Break(Stray());

    private InvalidOperationException Stray() => new(
        $"Orchestrator '{Header.Name}' awaits something that is not durable. Only tasks of its context may be awaited, on its own "
        + "thread: no Task.Delay, Task.Run, I/O, ConfigureAwait(false) or CancelAsync.");

    private void Break(Exception exception) => Broken ??= exception;

    /// <summary>Refuses a call of the context from any thread but the orchestrator's own, and reports it.</summary>
    /// <exception cref="InvalidOperationException">The caller is on another thread.</exception>
    public void CheckThread()
    {
        if (_thread.IsCurrent)
            return;
        _thread.Leave();
        throw Stray();
    }

    public void SetCustomStatus(string? json)
    {
        CheckThread();
        if (Encoding.Unicode.GetByteCount(json ?? "") > MaxCustomStatusBytes)
            Break(new ArgumentException($"The custom status is longer than {MaxCustomStatusBytes / 1024} KB of UTF-16 JSON."));
        else
            CustomStatus = json;
    }

    public void ContinueAsNew(ContinueAsNewOptions options)
    {
        CheckThread();
        Continuation = new Continuation(Serialize(options.NewInput), options.NewVersion, options.PreserveUnprocessedEvents);
    }

    /// <summary>Records a decision that nobody awaits.</summary>
    public void Decide(Func<int, Decision> decision)
    {
        CheckThread();
        Decision decided = decision(_nextId++);
        _undecided.Add(decided.Id, decided);
    }

    /// <summary>Records a decision, and returns the task that its answer completes.</summary>
    public Task<T> DecideAndWait<T>(string name, OpenTaskKind kind, Func<int, Decision> decision)
    {
        CheckThread();
        Pending<T> pending = new();
        _open.Add(_nextId, new OpenTask(name, pending, kind));
        Decide(decision);
        return pending.Task;
    }

    public Task<T> WaitForEvent<T>(string name, CancellationToken cancellationToken)
    {
        CheckThread();
        return Events.WaitAsync<T>(name, cancellationToken);
    }

    public Task StartTimer(DateTime dueAt, CancellationToken cancellationToken)
    {
        CheckThread();
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        int id = _nextId;
        Pending<object?> pending = new();
        _open.Add(id, new OpenTask("timer", pending, OpenTaskKind.Timer));
        Decide(_ => new TimerCreated(id, dueAt));
        pending.CancelOn(_thread, () => ForgetTimer(id), cancellationToken);
        return pending.Task;
    }

    private void ForgetTimer(int id)
    {
        _open.Remove(id);
        _cancelledTimers.Add(id);
    }

    public static string? Serialize(object? value) => JsonDataConverter.Default.Serialize(value);
}
