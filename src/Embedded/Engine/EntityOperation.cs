using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Entities;

namespace Preempt.Embedded.Engine;

/// <summary>An entity's state as JSON, and as the object it was last read or written as.</summary>
internal sealed record EntityState(string? Json, object? Value = null);

/// <summary>One operation of an entity, as its code sees it. What it does counts only when the engine keeps it.</summary>
internal sealed class EntityOperation : TaskEntityOperation
{
    private readonly EntityRequest _request;
    private readonly StateAccess _state;

    public EntityOperation(DurableEngine engine, EntityInstanceId id, EntityRequest request, EntityState state)
    {
        _request = request;
        _state = new StateAccess(state);
        Effects = new EffectContext(engine, id);
    }

    public EffectContext Effects { get; }

    public override string Name => _request.Operation;

    public override TaskEntityContext Context => Effects;

    public override TaskEntityState State => _state;

    public override bool HasInput => _request.Input is not null;

    public override object? GetInput(Type inputType) => JsonDataConverter.Default.Deserialize(_request.Input, inputType);

    /// <summary>The state after the operation.</summary>
    public EntityState Keep() => _state.Keep();

    private sealed class StateAccess(EntityState before) : TaskEntityState
    {
        private EntityState _current = before;
        private bool _wasRead;

        public override bool HasState => _current.Json is not null;

        public override object? GetState(Type type)
        {
            if (_current.Json is null)
                return null;
            _wasRead = true;
            if (_current.Value is { } value && type.IsInstanceOfType(value))
                return value;
            object? read = JsonDataConverter.Default.Deserialize(_current.Json, type);
            _current = _current with { Value = read };
            return read;
        }

        public override void SetState(object? state)
        {
            _wasRead = false;
            _current = new EntityState(state is null ? null : OrchestrationExecutor.Serialize(state), state);
        }

        /// <summary>An object that the code has read and not written back may have changed since: only its JSON is kept.</summary>
        public EntityState Keep() => _wasRead ? new EntityState(_current.Json) : _current;
    }

    /// <summary>What the operation sends and starts.</summary>
    internal sealed class EffectContext(DurableEngine engine, EntityInstanceId id) : TaskEntityContext
    {
        public List<InstanceHeader> Started { get; } = [];

        public List<EntityRequest> Requests { get; } = [];

        public override EntityInstanceId Id => id;

        public override void SignalEntity(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null) =>
            Requests.Add(new EntityRequest(
                id.ToString(),
                operationName,
                input is null ? null : OrchestrationExecutor.Serialize(input),
                NotBefore: options?.SignalTime));

        public override string ScheduleNewOrchestration(TaskName name, object? input = null, StartOrchestrationOptions? options = null)
        {
            InstanceHeader header = engine.NewInstance(name, input, options);
            Started.Add(header);
            return header.InstanceId;
        }
    }
}
