using DurableTask.Core;
using DurableTask.Core.History;
using CoreEvent = DurableTask.Core.History.HistoryEvent;
using CoreInstance = DurableTask.Core.OrchestrationInstance;

namespace Preempt.Embedded.Engine;

/// <summary>
/// Reads the stored history of one execution as Microsoft's executor takes it, entry by entry and in order. Knows from it which decisions
/// are still without an answer.
/// </summary>
internal sealed class CoreHistory(InstanceHeader header)
{
    private readonly List<CoreEvent> _early = [];
    private readonly Dictionary<int, Decision> _open = [];
    private bool _hasBegun;

    /// <summary>Whether a turn has begun, so that the code has run.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>Whether anything that was decided is without an answer.</summary>
    public bool AnyOpen => _open.Count > 0;

    /// <summary>Whether an answer to this decision is still awaited.</summary>
    public bool IsOpen(int id) => _open.ContainsKey(id);

    /// <summary>The entries, for the executor.</summary>
    public IEnumerable<CoreEvent> Read(IEnumerable<HistoryEvent> entries) => entries.SelectMany(Read);

    /// <summary>Notes what has been decided, where the executor knows of it already.</summary>
    public void Note(IEnumerable<Decision> decisions)
    {
        foreach (Decision decision in decisions)
            Open(decision);
    }

    private void Open(Decision decision)
    {
        if (decision is TaskScheduled or ChildStarted or TimerCreated or EntityCalled)
            _open[decision.Id] = decision;
    }

    private IEnumerable<CoreEvent> Read(HistoryEvent entry)
    {
        if (entry is TurnStarted turn)
            return Begin(turn);
        if (Convert(entry) is not { } converted)
            return [];
        if (_hasBegun)
            return [converted];
        // What has come before the first turn is told to the code once it runs.
        _early.Add(converted);
        return [];
    }

    private List<CoreEvent> Begin(TurnStarted turn)
    {
        List<CoreEvent> begun = [new OrchestratorStartedEvent(-1) { Timestamp = turn.At }];
        if (_hasBegun)
            return begun;
        _hasBegun = true;
        begun.Add(Started());
        begun.AddRange(_early);
        _early.Clear();
        return begun;
    }

    /// <summary>The input is not in it: <see cref="GuardedContext"/> reads that from the header.</summary>
    private ExecutionStartedEvent Started() => new(-1, null)
    {
        Name = header.Name,
        Version = header.Version,
        OrchestrationInstance = new CoreInstance { InstanceId = header.InstanceId, ExecutionId = header.ExecutionId },
        ParentInstance = header.Parent is { } parent
            ? new ParentInstance
            {
                Name = parent.Name,
                OrchestrationInstance = new CoreInstance { InstanceId = parent.InstanceId, ExecutionId = parent.ExecutionId },
                TaskScheduleId = parent.TaskId,
            }
            : null,
        Timestamp = header.CreatedAt.UtcDateTime,
    };

    private CoreEvent? Convert(HistoryEvent entry)
    {
        switch (entry)
        {
            case Decision decision:
                Open(decision);
                return ToCore(decision);
            case TaskCompleted completed:
                return _open.Remove(completed.Id, out Decision? done) ? ToCore(done, completed) : null;
            case TaskFailed failed:
                return _open.Remove(failed.Id, out Decision? lost) ? ToCore(lost, failed) : null;
            case TimerFired fired:
                return _open.Remove(fired.Id, out Decision? timer) ? ToCore(timer, fired) : null;
            case EventRaised raised:
                return new EventRaisedEvent(-1, raised.Payload) { Name = raised.Name };
            default:
                // Suspension is the engine's affair: it holds back what a suspended orchestration is not to see.
                return null;
        }
    }

    private static CoreEvent ToCore(Decision decision) => decision switch
    {
        TaskScheduled task => new TaskScheduledEvent(task.Id, task.Name, "", null),
        TimerCreated timer => new TimerCreatedEvent(timer.Id, timer.DueAt),
        ChildStarted child => new SubOrchestrationInstanceCreatedEvent(child.Id)
        {
            Name = child.Name,
            InstanceId = child.InstanceId,
            Version = child.Version,
        },
        EventSent sent => new EventSentEvent(sent.Id) { InstanceId = sent.Target, Name = sent.Name },
        EntityCalled called => new EventSentEvent(called.Id) { InstanceId = called.Entity, Name = "op" },
        EntitySignaled signaled => new EventSentEvent(signaled.Id) { InstanceId = signaled.Entity, Name = "op" },
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, null),
    };

    /// <exception cref="InvalidDataException">The decision is not a timer.</exception>
    private TimerFiredEvent ToCore(Decision decision, TimerFired fired) => decision is TimerCreated timer
        ? new TimerFiredEvent(-1, timer.DueAt) { TimerId = fired.Id }
        : throw new InvalidDataException(
            $"The history of '{header.InstanceId}' cannot be read: timer {fired.Id} has fired, and decision {fired.Id} is a {decision.GetType().Name}.");

    private static CoreEvent ToCore(Decision decision, TaskCompleted completed) => decision switch
    {
        EntityCalled call => new EventRaisedEvent(-1, EntityAnswer.Write(completed)) { Name = call.RequestId },
        ChildStarted => new SubOrchestrationInstanceCompletedEvent(-1, completed.Id, completed.Result),
        _ => new TaskCompletedEvent(-1, completed.Id, completed.Result),
    };

    private static CoreEvent ToCore(Decision decision, TaskFailed failed) => decision switch
    {
        EntityCalled call => new EventRaisedEvent(-1, EntityAnswer.Write(failed)) { Name = call.RequestId },
        ChildStarted => new SubOrchestrationInstanceFailedEvent(-1, failed.Id, failed.Failure.ErrorMessage, null, failed.Failure.ToCore()),
        _ => new TaskFailedEvent(-1, failed.Id, failed.Failure.ErrorMessage, null, failed.Failure.ToCore()),
    };
}
