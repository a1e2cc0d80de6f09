using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Hands the operation of an entity function to the entity's code.</summary>
public sealed class TaskEntityDispatcher
{
    private readonly TaskEntityOperation _operation;
    private readonly IServiceProvider _services;

    internal TaskEntityDispatcher(TaskEntityOperation operation, IServiceProvider services)
    {
        _operation = operation;
        _services = services;
    }

    internal object? Result { get; private set; }

    /// <summary>Hands the operation to an entity.</summary>
    /// <param name="entity">The entity.</param>
    public Task DispatchAsync(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return KeepResultAsync(entity.RunAsync(_operation));
    }

    /// <summary>Hands the operation to a new entity, made with the app's services.</summary>
    /// <typeparam name="T">The entity, an <see cref="ITaskEntity"/>.</typeparam>
    /// <exception cref="InvalidOperationException">The type is no entity.</exception>
    public Task DispatchAsync<T>()
    {
        if (!typeof(ITaskEntity).IsAssignableFrom(typeof(T)))
            throw new InvalidOperationException($"{typeof(T)} is not an {nameof(ITaskEntity)}.");
        return DispatchAsync((ITaskEntity)Factory<T>.Create(_services, null));
    }

    /// <summary>Hands the operation to a function.</summary>
    /// <param name="handler">The function.</param>
    public Task DispatchAsync(Func<TaskEntityOperation, ValueTask<object?>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return KeepResultAsync(handler(_operation));
    }

    private Task KeepResultAsync(ValueTask<object?> running)
    {
        if (!running.IsCompletedSuccessfully) return AwaitAsync(running);
        Result = running.Result;
        return Task.CompletedTask;
    }

    private async Task AwaitAsync(ValueTask<object?> running) => Result = await running;

    private static class Factory<T>
    {
        public static readonly ObjectFactory Create = ActivatorUtilities.CreateFactory(typeof(T), Type.EmptyTypes);
    }
}
