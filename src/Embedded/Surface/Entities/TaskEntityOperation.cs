namespace Microsoft.DurableTask.Entities;

/// <summary>One operation that an entity is asked to run.</summary>
public abstract class TaskEntityOperation
{
    /// <summary>The operation's name.</summary>
    public abstract string Name { get; }

    /// <summary>What the entity can do besides changing its state.</summary>
    public abstract TaskEntityContext Context { get; }

    /// <summary>The entity's state.</summary>
    public abstract TaskEntityState State { get; }

    /// <summary>Whether the operation has an input.</summary>
    public abstract bool HasInput { get; }

    /// <summary>The operation's input.</summary>
    /// <param name="inputType">Its type.</param>
    public abstract object? GetInput(Type inputType);

    /// <summary>The operation's input; the default if it has none.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    public virtual T? GetInput<T>() => (T?)(GetInput(typeof(T)) ?? default(T));

    /// <inheritdoc />
    public override string ToString() => $"{Context.Id}/{Name}";
}
