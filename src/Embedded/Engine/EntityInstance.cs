using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Engine;

/// <summary>
/// An entity in memory: it runs the operations in its inbox one at a time and in order, and commits the new state with all
/// that the operations sent.
/// </summary>
internal sealed class EntityInstance : IThreadPoolWorkItem
{
    /// <summary>Operations that go into one commit at most.</summary>
    private const int MaxBatch = 500;

    private readonly DurableEngine _engine;
    private readonly Lock _lock = new();
    private readonly List<EntityRequest> _inbox = [];
    private readonly EntityInstanceId _id;
    private readonly string _key;
    private EntityState _state;
    private bool _isBusy;
    private bool _isGone;

    public EntityInstance(DurableEngine engine, string id)
    {
        _engine = engine;
        _key = id;
        _id = EntityInstanceId.FromString(id);
        _state = new EntityState(engine.Store.FindEntity(id)?.State);
    }

    /// <summary>Queues an operation; false when this object is out of use and another must be made.</summary>
    public bool TryDeliver(EntityRequest request)
    {
        lock (_lock)
        {
            if (_isGone)
                return false;
            _inbox.Add(request);
            if (!_isBusy)
            {
                _isBusy = true;
                _engine.Schedule(this);
            }

            return true;
        }
    }

    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        List<EntityRequest> batch;
        lock (_lock)
        {
            int count = Math.Min(_inbox.Count, MaxBatch);
            batch = _inbox.GetRange(0, count);
            _inbox.RemoveRange(0, count);
        }

        Commit commit = new();
        foreach (EntityRequest request in batch)
        {
            if (request.Sequence != 0)
                commit.Consumed.Add(request.Sequence);
            await RunAsync(request, commit);
        }

        commit.Entity = new EntityRecord(_key, _state.Json, _engine.Time.GetUtcNow());
        _engine.Reserve(commit);
        _engine.Commit(commit, () => Publish(commit));
    }

    private async Task RunAsync(EntityRequest request, Commit commit)
    {
        EntityOperation operation = new(_engine, _id, request, _state);
        HistoryEvent answer;
        try
        {
            if (!_engine.Functions.Entities.TryGetValue(_id.Name, out EntityFunction? function))
                throw new KeyNotFoundException($"No entity function is named '{_id.Name}'.");
            object? result = await function(operation);
            string? json = OrchestrationExecutor.Serialize(result);
            _state = operation.Keep();
            commit.Started.AddRange(operation.Effects.Started);
            commit.Requests.AddRange(operation.Effects.Requests);
            answer = new TaskCompleted(request.Caller?.TaskId ?? 0, json);
        }
#pragma warning disable CA1031 // Whatever an operation throws is its caller's to see; the state goes back to what it was.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _state = new EntityState(_state.Json);
            if (request.Caller is null)
                _engine.Logger.LogError(exception, "Signal {Operation} to {Entity} failed; its effects are undone", request.Operation, _key);
            answer = new TaskFailed(request.Caller?.TaskId ?? 0, TaskFailureDetails.FromException(exception));
        }

        if (request.Caller is { } caller)
            commit.Deliveries.Add(new Delivery(caller.InstanceId, answer, caller.ExecutionId));
    }

    private void Publish(Commit commit)
    {
        _engine.Publish(commit);
        lock (_lock)
        {
            _isBusy = _inbox.Count > 0;
            if (_isBusy)
                _engine.Schedule(this);
            else if (_state.Json is null)
                _isGone = _engine.Forget(_key, this);
        }
    }
}
