using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Client.Entities;

/// <summary>What is known of an entity from outside.</summary>
/// <typeparam name="TState">Its state.</typeparam>
[JsonConverter(typeof(EntityMetadataConverter))]
public class EntityMetadata<TState>
{
    // The model's own attribute on IncludesState names this field.
#pragma warning disable IDE1006
    private readonly TState? state;
#pragma warning restore IDE1006

    /// <summary>Metadata without the state.</summary>
    /// <param name="id">The entity.</param>
    public EntityMetadata(EntityInstanceId id) => Id = id;

    /// <summary>Metadata with the state.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="state">The state.</param>
    public EntityMetadata(EntityInstanceId id, TState? state)
        : this(id)
    {
        this.state = state;
        IncludesState = state is not null;
    }

    /// <summary>The entity.</summary>
    public EntityInstanceId Id { get; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset LastModifiedTime { get; init; }

    /// <summary>How many messages wait for it.</summary>
    public int BacklogQueueSize { get; init; }

    /// <summary>The orchestration that holds its lock, if one does.</summary>
    public string? LockedBy { get; init; }

    /// <summary>Whether the state is here.</summary>
    [MemberNotNullWhen(true, nameof(State))]
    [MemberNotNullWhen(true, nameof(state))]
    public bool IncludesState { get; }

    /// <summary>The state.</summary>
    /// <exception cref="InvalidOperationException">The state was not fetched, or there is none.</exception>
    public TState State => IncludesState
        ? state
        : throw new InvalidOperationException($"The state of '{Id}' is not here: it was not fetched, or there is none.");
}

/// <summary>What is known of an entity from outside, with its state as stored.</summary>
[JsonConverter(typeof(EntityMetadataConverter))]
public sealed class EntityMetadata : EntityMetadata<SerializedData>
{
    /// <summary>Makes metadata.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="state">The state; null if it was not fetched, or there is none.</param>
    public EntityMetadata(EntityInstanceId id, SerializedData? state = null)
        : base(id, state)
    {
    }
}
