using Preempt.Embedded.Hosting;

namespace Microsoft.DurableTask.Entities;

/// <summary>
/// An entity whose operations are its public methods, by name, whatever the case. A method takes at most one input, and a
/// <see cref="TaskEntityContext"/> or <see cref="TaskEntityOperation"/> if it wants one. Every entity has the operation
/// <c>delete</c>, unless it defines its own.
/// </summary>
/// <typeparam name="TState">The state.</typeparam>
public abstract class TaskEntity<TState> : ITaskEntity
{
    private TaskEntityOperation? _operation;

    /// <summary>The state; what an operation leaves here is kept if it succeeds. Null deletes the entity.</summary>
    protected TState State { get; set; } = default!;

    /// <summary>What the entity can do besides changing its state.</summary>
    protected TaskEntityContext Context => _operation?.Context
        ?? throw new InvalidOperationException("The entity's context exists while an operation runs.");

    /// <summary>Whether an operation that is no method of the entity may be one of the state; false unless overridden.</summary>
    protected virtual bool AllowStateDispatch => false;

    /// <inheritdoc />
    public ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        _operation = operation;
        State = operation.State.GetState(typeof(TState)) is TState state ? state : InitializeState(operation);

        if (EntityMethods.Of(GetType()).Find(operation.Name) is { } method)
            return KeepStateAsync(operation, method.InvokeAsync(this, operation));
        if (AllowStateDispatch && State is { } target && EntityMethods.Of(target.GetType()).Find(operation.Name) is { } stateMethod)
            return KeepStateAsync(operation, stateMethod.InvokeAsync(target, operation));
        if (string.Equals(operation.Name, "delete", StringComparison.OrdinalIgnoreCase))
        {
            operation.State.SetState(null);
            return default;
        }

        throw new NotSupportedException($"Entity {GetType()} has no operation '{operation.Name}'.");
    }

    /// <summary>The state of an entity that has none yet: a new <typeparamref name="TState"/> unless overridden.</summary>
    /// <param name="entityOperation">The operation that needs it.</param>
    protected virtual TState InitializeState(TaskEntityOperation entityOperation) =>
        Nullable.GetUnderlyingType(typeof(TState)) is null ? Activator.CreateInstance<TState>() : default!;

    private ValueTask<object?> KeepStateAsync(TaskEntityOperation operation, ValueTask<object?> running)
    {
        if (!running.IsCompletedSuccessfully) return AwaitAsync(operation, running);
        object? result = running.Result;
        operation.State.SetState(State);
        return new(result);
    }

    private async ValueTask<object?> AwaitAsync(TaskEntityOperation operation, ValueTask<object?> running)
    {
        object? result = await running;
        operation.State.SetState(State);
        return result;
    }
}
