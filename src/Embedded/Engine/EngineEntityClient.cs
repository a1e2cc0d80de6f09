using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

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
        List(filter, ToMetadata<T>);

    /// <summary>Does nothing: an entity without a state is never kept, and there are no locks.</summary>
    public override Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = null, bool continueUntilComplete = true, CancellationToken cancellation = default) =>
        Task.FromResult(default(CleanEntityStorageResult));

    private AsyncPageable<TMetadata> List<TMetadata>(EntityQuery? filter, Func<EntityRecord, bool, TMetadata> convert)
        where TMetadata : notnull
    {
        EntityQuery query = filter ?? new EntityQuery();
        return Pageable.Create<TMetadata>((token, pageSize, _) =>
        {
            int limit = pageSize ?? query.PageSize ?? EntityQuery.DefaultPageSize;
            IReadOnlyList<EntityRecord> records =
                engine.Store.ListEntities(query.InstanceIdStartsWith ?? "", token ?? query.ContinuationToken, limit, Passes);
            List<TMetadata> page = [.. records.Select(record => convert(record, query.IncludeState))];
            return Task.FromResult(new Page<TMetadata>(page, page.Count == limit ? records[^1].Id : null));
        });

        bool Passes(EntityRecord record) =>
            (query.LastModifiedFrom is null || record.UpdatedAt >= query.LastModifiedFrom)
            && (query.LastModifiedTo is null || record.UpdatedAt <= query.LastModifiedTo);
    }

    private EntityMetadata ToMetadata(EntityRecord record, bool includeState) =>
        new(EntityInstanceId.FromString(record.Id), includeState && record.State is { } state ? new SerializedData(state, engine.Json) : null)
        {
            LastModifiedTime = record.UpdatedAt,
        };

    private EntityMetadata<T> ToMetadata<T>(EntityRecord record, bool includeState) => includeState && record.State is { } state
        ? new(EntityInstanceId.FromString(record.Id), new SerializedData(state, engine.Json).ReadAs<T>()) { LastModifiedTime = record.UpdatedAt }
        : new(EntityInstanceId.FromString(record.Id)) { LastModifiedTime = record.UpdatedAt };
}
