using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Client.Entities;

/// <summary>Signals and finds entities from outside.</summary>
public abstract class DurableEntityClient
{
    /// <summary>Makes a client.</summary>
    /// <param name="name">Its name.</param>
    protected DurableEntityClient(string name) => Name = name;

    /// <summary>The client's name.</summary>
    public string Name { get; }

    /// <summary>Sends an operation to an entity without awaiting it.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How it is sent.</param>
    /// <param name="cancellation">Ends the request.</param>
    public abstract Task SignalEntityAsync(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        SignalEntityOptions? options = null,
        CancellationToken cancellation = default);

    /// <summary>Sends an operation without an input to an entity without awaiting it.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="options">How it is sent.</param>
    /// <param name="cancellation">Ends the request.</param>
    public virtual Task SignalEntityAsync(
        EntityInstanceId id, string operationName, SignalEntityOptions options, CancellationToken cancellation = default) =>
        SignalEntityAsync(id, operationName, null, options, cancellation);

    /// <summary>Sends an operation without an input to an entity without awaiting it.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="cancellation">Ends the request.</param>
    public virtual Task SignalEntityAsync(EntityInstanceId id, string operationName, CancellationToken cancellation) =>
        SignalEntityAsync(id, operationName, null, null, cancellation);

    /// <summary>An entity; null if there is none.</summary>
    /// <typeparam name="T">Its state.</typeparam>
    /// <param name="id">The entity.</param>
    /// <param name="includeState">Whether the state is wanted.</param>
    /// <param name="cancellation">Ends the request.</param>
    public abstract Task<EntityMetadata<T>?> GetEntityAsync<T>(
        EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default);

    /// <summary>An entity with its state; null if there is none.</summary>
    /// <typeparam name="T">Its state.</typeparam>
    /// <param name="id">The entity.</param>
    /// <param name="cancellation">Ends the request.</param>
    public virtual Task<EntityMetadata<T>?> GetEntityAsync<T>(EntityInstanceId id, CancellationToken cancellation) =>
        GetEntityAsync<T>(id, true, cancellation);

    /// <summary>An entity; null if there is none.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="includeState">Whether the state is wanted.</param>
    /// <param name="cancellation">Ends the request.</param>
    public abstract Task<EntityMetadata?> GetEntityAsync(
        EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default);

    /// <summary>An entity with its state; null if there is none.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="cancellation">Ends the request.</param>
    public virtual Task<EntityMetadata?> GetEntityAsync(EntityInstanceId id, CancellationToken cancellation) =>
        GetEntityAsync(id, true, cancellation);

    /// <summary>The entities that a query finds.</summary>
    /// <param name="filter">The query; null for all entities.</param>
    public abstract AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null);

    /// <summary>The entities that a query finds.</summary>
    /// <typeparam name="T">Their state.</typeparam>
    /// <param name="filter">The query; null for all entities.</param>
    public abstract AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null);
}
