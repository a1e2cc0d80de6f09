using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Engine;

/// <summary>Entities, for code outside orchestrations.</summary>
internal sealed class EngineEntityClient(DurableEngine engine) : DurableEntityClient("embedded")
{
    public override Task SignalEntityAsync(
        EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null, CancellationToken cancellation = default)
    {
        Commit commit = new();
        EntityRequest request = new(
            id.ToString(),
            operationName,
            input is null ? null : engine.Json.Serialize(input),
            NotBefore: options?.SignalTime);
        commit.Requests.Add(request);
        if (engine.Options.Faults?.SignalRepeats() is { } delay)
            commit.Requests.Add(request with { NotBefore = (request.NotBefore ?? engine.Time.GetUtcNow()) + delay });
        return engine.SubmitAsync(commit);
    }

    public override Task<EntityMetadata?> GetEntityAsync(
        EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) =>
        Task.FromResult(engine.Store.FindEntity(id.ToString()) is { } record ? ToMetadata(record, includeState) : null);

    public override Task<EntityMetadata<T>?> GetEntityAsync<T>(
        EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) =>
        Task.FromResult(engine.Store.FindEntity(id.ToString()) is { } record ? ToMetadata<T>(record, includeState) : null);

    public override AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null) =>
        List(filter, ToMetadata);

    public override AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null) =>
        List(filter, TryToMetadata<T>);

    /// <summary>Does nothing: an entity without a state is never kept, and there are no locks.</summary>
    public override Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = null, bool continueUntilComplete = true, CancellationToken cancellation = default) =>
        Task.FromResult(default(CleanEntityStorageResult));

    private AsyncPageable<TMetadata> List<TMetadata>(EntityQuery? filter, Func<EntityRecord, bool, TMetadata?> convert)
        where TMetadata : class
    {
        EntityQuery query = filter ?? new EntityQuery();
        return Pageable.Create<TMetadata>((token, pageSize, _) =>
        {
            int limit = pageSize ?? query.PageSize ?? EntityQuery.DefaultPageSize;
            IReadOnlyList<EntityRecord> records =
                engine.Store.ListEntities(query.InstanceIdStartsWith ?? "", token ?? query.ContinuationToken, limit, Passes);
            List<TMetadata> page = [.. records.Select(record => convert(record, query.IncludeState)).OfType<TMetadata>()];
            return Task.FromResult(new Page<TMetadata>(page, records.Count == limit ? records[^1].Id : null));
        });

        bool Passes(EntityRecord record) =>
            (query.LastModifiedFrom is null || record.UpdatedAt >= query.LastModifiedFrom)
            && (query.LastModifiedTo is null || record.UpdatedAt <= query.LastModifiedTo);
    }

    /// <summary>The id of a stored entity. The store may be damaged: what is no id is the key of an entity named <c>damaged</c>.</summary>
    private static EntityInstanceId IdOf(EntityRecord record) => EntityIds.Find(record.Id) ?? new EntityInstanceId("damaged", record.Id);

    private EntityMetadata ToMetadata(EntityRecord record, bool includeState) =>
        new(IdOf(record), includeState && record.State is { } state ? new SerializedData(state, engine.Json) : null)
        {
            LastModifiedTime = record.UpdatedAt,
        };

    private EntityMetadata<T> ToMetadata<T>(EntityRecord record, bool includeState) => includeState && record.State is { } state
        ? new(IdOf(record), new SerializedData(state, engine.Json).ReadAs<T>()) { LastModifiedTime = record.UpdatedAt }
        : new(IdOf(record)) { LastModifiedTime = record.UpdatedAt };

    /// <summary>An entity in a list; null where its state is no <typeparamref name="T"/>: then the list is without it.</summary>
    private EntityMetadata<T>? TryToMetadata<T>(EntityRecord record, bool includeState)
    {
        string problem;
        try
        {
            EntityMetadata<T> entity = ToMetadata<T>(record, includeState);
            if (!includeState || entity.IncludesState)
                return entity;
            problem = "it is null";
        }
        catch (JsonException exception)
        {
            problem = exception.Message;
        }

        engine.Logger.LogError("A list of entities is without {Entity}, because its state cannot be read: {Problem}", record.Id, problem);
        return null;
    }
}
