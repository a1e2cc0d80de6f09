using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Protobuf;
using Microsoft.Extensions.Logging;
using TaskFailureDetails = Microsoft.DurableTask.Protobuf.TaskFailureDetails;

namespace Preempt.Embedded.Engine;

/// <summary>
/// An entity in memory: it runs the operations in its inbox one at a time and in order, and commits the new state with all
/// that the operations sent.
/// </summary>
internal sealed class EntityInstance(DurableEngine engine, string key) : IFunctionWork
{
    /// <summary>Operations that go into one commit at most.</summary>
    private const int MaxBatch = 500;

    private readonly Lock _lock = new();
    private List<EntityRequest> _inbox = [];
    private readonly EntityInstanceId _id = EntityInstanceId.FromString(key);
    private string? _state;
    private bool _isRead;
    private bool _isBusy;
    private bool _isAgain;
    private bool _wasUsed;
    private volatile bool _isGone;

    /// <summary>Its place among those that have rested. The table's alone.</summary>
    public LinkedListNode<EntityInstance>? Place { get; set; }

    /// <summary>Whether it is out of use: another object has taken its place, or will.</summary>
    public bool IsGone => _isGone;

    /// <summary>Queues an operation; false when this object is out of use and another must be made.</summary>
    public bool TryDeliver(EntityRequest request)
    {
        lock (_lock)
        {
            if (_isGone)
                return false;
            _inbox.Add(request);
            _wasUsed = true;
            if (!_isBusy)
            {
                _isBusy = true;
                engine.Schedule(this);
            }

            return true;
        }
    }

    public string Description => $"entity {key}";

    public async Task RunAsync()
    {
        try
        {
            // Read here and not when this object is made: then the object before it could still have had something to write.
            EntityRecord? stored = _isRead && !engine.Options.ReplayEveryTurn
                ? new EntityRecord(key, _state, default)
                : engine.Store.FindEntity(key);
            string? before = stored?.State;
            List<EntityRequest> batch = TakeBatch();
            Commit commit = await RunBatchAsync(before, batch, stored?.Damage);
            if (commit.IsHeard && engine.Options.Faults?.TurnRepeats() is { } pause)
            {
                _state = before;
                engine.Repeat(commit, pause, again: () => TakeUpAgain(batch), sent: static () => { });
                return;
            }

            engine.Instances.Reserve(commit);
            engine.Commit(commit, () => Publish(commit));
        }
#pragma warning disable CA1031 // What an operation throws is part of its batch: this is the store's or the engine's own failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            engine.Fail(exception);
        }
    }

    /// <summary>The batch's answers and messages are sent, and its state is lost: it happens again.</summary>
    private void TakeUpAgain(List<EntityRequest> batch)
    {
        lock (_lock)
        {
            _inbox.InsertRange(0, batch);
            _isAgain = true;
        }

        engine.Schedule(this);
    }

    /// <param name="before">The state.</param>
    /// <param name="batch">The operations.</param>
    /// <param name="damage">Why the state cannot be read; then each operation fails, and the store keeps what it has. Null where it can.</param>
    private async Task<Commit> RunBatchAsync(string? before, List<EntityRequest> batch, string? damage)
    {
        Commit commit = new();
        commit.Consumed.AddRange(batch.Select(request => request.Sequence).Where(sequence => sequence != 0));
        EntityBatchResult result = await CallAsync(before, batch, damage);
        bool isWhole = result.FailureDetails is null;
        for (int i = 0; i < batch.Count; i++)
            Answer(batch[i], isWhole ? result.Results[i] : FailureOf(result.FailureDetails!), commit);
        if (isWhole)
            Send(result.Actions, commit);
        _state = isWhole ? result.EntityState : before;
        _isRead = damage is null;
        if (_isRead)
            commit.Entity = new EntityRecord(key, _state, engine.Time.GetUtcNow());
        return commit;
    }

    /// <summary>Runs the operations in the entity's function. Where the function itself fails, or its worker dies, so do all of them.</summary>
    private async Task<EntityBatchResult> CallAsync(string? state, List<EntityRequest> batch, string? damage)
    {
        try
        {
            if (damage is not null)
                throw new InvalidDataException(damage);
            if (!engine.Functions.Entities.TryGetValue(_id.Name, out EntityFunction? function))
                throw new KeyNotFoundException($"No entity function is named '{_id.Name}'.");
            EntityBatchRequest request = new() { InstanceId = key, EntityState = state };
            request.Operations.AddRange(batch.Select(static (operation, number) => new OperationRequest
            {
                Operation = operation.Operation,
                Input = operation.Input,
                RequestId = new Guid(number, 0, 0, new byte[8]).ToString(),
            }));
            EntityBatchResult result = await function(request);
            if (engine.Options.Faults?.WorkerDies() == true)
                throw Failures.WorkerDied();
            if (result.FailureDetails is null && result.Results.Count != batch.Count)
                throw new InvalidOperationException($"The entity answered {result.Results.Count} of {batch.Count} operations.");
            return result;
        }
#pragma warning disable CA1031 // Whatever the function throws is its callers' to see; the state stays what it was.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new EntityBatchResult { FailureDetails = Failures.ToWire(exception) };
        }
    }

    private static OperationResult FailureOf(TaskFailureDetails failure) =>
        new() { Failure = new OperationResultFailure { FailureDetails = failure } };

    private void Answer(EntityRequest request, OperationResult result, Commit commit)
    {
        TaskFailureDetails? failure = result.Failure?.FailureDetails;
        if (request.Caller is not { } caller)
        {
            if (failure is not null)
            {
                engine.Logger.LogError(
                    "Signal {Operation} to {Entity} failed, and its effects are undone: {Error}: {Message}",
                    request.Operation,
                    key,
                    failure.ErrorType,
                    failure.ErrorMessage);
            }

            return;
        }

        HistoryEvent answer = failure is null
            ? new TaskCompleted(caller.TaskId, result.Success?.Result)
            : new TaskFailed(caller.TaskId, failure.ToStored());
        commit.Deliveries.Add(new Delivery(caller.InstanceId, answer, caller.ExecutionId));
    }

    /// <summary>What the operations sent and started.</summary>
    private void Send(IEnumerable<OperationAction> actions, Commit commit)
    {
        foreach (OperationAction action in actions)
        {
            if (action.SendSignal is { } signal)
                commit.Requests.Add(new EntityRequest(signal.InstanceId, signal.Name, signal.Input, NotBefore: signal.ScheduledTime?.ToDateTimeOffset()));
            else if (action.StartNewOrchestration is { } start)
                commit.Started.Add(NewInstance(start));
        }
    }

    private InstanceHeader NewInstance(StartNewOrchestrationAction start)
    {
        string? instanceId = start.InstanceId is { Length: > 0 } given ? given : null;
        StartOrchestrationOptions options = new(instanceId, start.ScheduledTime?.ToDateTimeOffset())
        {
            Version = start.Version is { } version ? new TaskVersion(version) : null,
        };
        return engine.NewInstance(start.Name, null, options) with { Input = start.Input };
    }

    private List<EntityRequest> TakeBatch()
    {
        lock (_lock)
        {
            if (_isAgain && engine.Options.Faults is { } faults)
                _inbox = faults.Reorder(_inbox);
            _isAgain = false;
            int count = Math.Min(_inbox.Count, MaxBatch);
            List<EntityRequest> batch = _inbox.GetRange(0, count);
            _inbox.RemoveRange(0, count);
            return batch;
        }
    }

    private void Publish(Commit commit)
    {
        engine.Publish(commit);
        lock (_lock)
        {
            _isBusy = _inbox.Count > 0;
            if (_isBusy)
                engine.Schedule(this);
            else if (_state is null)
                Go();
            if (_isBusy || _isGone)
                return;
            // That it has come is not yet use.
            if (Place is null)
                _wasUsed = false;
        }

        engine.Entities.Rest(this);
    }

    private void Go()
    {
        _isGone = true;
        engine.Entities.Forget(key, this);
    }

    /// <summary>Leaves memory, and returns true; false when there is something to do, or was since it was last asked.</summary>
    public bool TryGo()
    {
        lock (_lock)
        {
            if (!_isBusy && !_wasUsed && !_isGone)
                Go();
            _wasUsed = false;
            return _isGone;
        }
    }
}
