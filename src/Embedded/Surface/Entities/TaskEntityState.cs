namespace Microsoft.DurableTask.Entities;

/// <summary>The state of an entity.</summary>
public abstract class TaskEntityState
{
    /// <summary>Whether the entity has a state: one without does not exist.</summary>
    public abstract bool HasState { get; }

    /// <summary>The state; null if there is none.</summary>
    /// <param name="type">Its type.</param>
    public abstract object? GetState(Type type);

    /// <summary>Sets the state.</summary>
    /// <param name="state">The state; null deletes the entity.</param>
    public abstract void SetState(object? state);

    /// <summary>The state, or a default if there is none.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="defaultValue">The default.</param>
    public virtual T? GetState<T>(T? defaultValue = default) => GetState(typeof(T)) is T state ? state : defaultValue;
}
