using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Engine;

/// <summary>
/// An entity in memory: it runs the operations in its inbox one at a time and in order, and commits the new state with all
/// that the operations sent.
/// </summary>
internal sealed class EntityInstance(DurableEngine engine, string key) : IThreadPoolWorkItem
{
    /// <summary>Operations that go into one commit at most.</summary>
    private const int MaxBatch = 500;

    private readonly Lock _lock = new();
    private readonly List<EntityRequest> _inbox = [];
    private readonly EntityInstanceId _id = EntityInstanceId.FromString(key);
    private EntityState? _state;
    private bool _isBusy;
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

    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        try
        {
            Commit commit = await RunBatchAsync();
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

    private async Task<Commit> RunBatchAsync()
    {
        // Read here and not when this object is made: then the object before it could still have had something to write.
        EntityState state = _state ?? new EntityState(engine.Store.FindEntity(key)?.State);
        Commit commit = new();
        foreach (EntityRequest request in TakeBatch())
        {
            if (request.Sequence != 0)
                commit.Consumed.Add(request.Sequence);
            state = await RunAsync(request, state, commit);
            if (engine.Options.ReplayEveryTurn)
                state = new EntityState(state.Json);
        }

        _state = state;
        commit.Entity = new EntityRecord(key, state.Json, engine.Time.GetUtcNow());
        return commit;
    }

    private List<EntityRequest> TakeBatch()
    {
        lock (_lock)
        {
            int count = Math.Min(_inbox.Count, MaxBatch);
            List<EntityRequest> batch = _inbox.GetRange(0, count);
            _inbox.RemoveRange(0, count);
            return batch;
        }
    }

    /// <summary>Runs an operation, and returns the state after it.</summary>
    private async Task<EntityState> RunAsync(EntityRequest request, EntityState before, Commit commit)
    {
        EntityOperation operation = new(engine, _id, request, before);
        EntityState after;
        HistoryEvent answer;
        try
        {
            if (!engine.Functions.Entities.TryGetValue(_id.Name, out EntityFunction? function))
                throw new KeyNotFoundException($"No entity function is named '{_id.Name}'.");
            object? result = await function(operation);
            answer = new TaskCompleted(request.Caller?.TaskId ?? 0, OrchestrationExecutor.Serialize(result));
            after = operation.Keep();
            commit.Started.AddRange(operation.Effects.Started);
            commit.Requests.AddRange(operation.Effects.Requests);
        }
#pragma warning disable CA1031 // Whatever an operation throws is its caller's to see; the state goes back to what it was.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (request.Caller is null)
                engine.Logger.LogError(exception, "Signal {Operation} to {Entity} failed; its effects are undone", request.Operation, key);
            answer = new TaskFailed(request.Caller?.TaskId ?? 0, TaskFailureDetails.FromException(exception));
            after = new EntityState(before.Json);
        }

        if (request.Caller is { } caller)
            commit.Deliveries.Add(new Delivery(caller.InstanceId, answer, caller.ExecutionId));
        return after;
    }

    private void Publish(Commit commit)
    {
        engine.Publish(commit);
        lock (_lock)
        {
            _isBusy = _inbox.Count > 0;
            if (_isBusy)
                engine.Schedule(this);
            else if (_state?.Json is null)
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
