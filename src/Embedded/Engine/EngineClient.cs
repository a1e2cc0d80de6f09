using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Converters;

namespace Preempt.Embedded.Engine;

/// <summary>The client of the engine in this process. A call returns when what it asks for is durable.</summary>
internal sealed class EngineClient(DurableEngine engine) : DurableTaskClient("embedded")
{
    private readonly EngineEntityClient _entities = new(engine);

    public override DurableEntityClient Entities => _entities;

    public static InvalidOperationException AlreadyRuns(string instanceId) =>
        new($"An orchestration with the id '{instanceId}' exists and has not ended.");

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return StartAsync(engine.NewInstance(orchestratorName, input, options), options?.DedupeStatuses ?? []);
    }

    private async Task<string> StartAsync(InstanceHeader header, IReadOnlyList<string> dedupeStatuses)
    {
        InstanceIds.Check(header.InstanceId);
        if (!engine.TryReserve(header))
            throw AlreadyRuns(header.InstanceId);
        if (engine.Store.FindInstance(header.InstanceId) is { } ended && dedupeStatuses.Contains(ended.Status.ToString()))
        {
            engine.Release(header);
            throw new InvalidOperationException(
                $"An orchestration with the id '{header.InstanceId}' exists and is {ended.Status}, a status that was not to be replaced.");
        }

        Commit commit = new();
        commit.Started.Add(header);
        await engine.SubmitAsync(commit);
        return header.InstanceId;
    }

    private Task SendAsync(string instanceId, HistoryEvent message)
    {
        if (engine.FindLive(instanceId) is null)
        {
            throw engine.Store.FindInstance(instanceId) is { } ended
                ? new InvalidOperationException($"The orchestration '{instanceId}' has ended: it is {ended.Status}.")
                : new InvalidOperationException($"There is no orchestration with the id '{instanceId}'.");
        }

        Commit commit = new();
        commit.Deliveries.Add(new Delivery(instanceId, message));
        return engine.SubmitAsync(commit);
    }

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new EventRaised(eventName, OrchestrationExecutor.Serialize(eventPayload)));

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new Suspended(reason));

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new Resumed(reason));

    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new Terminated(
            options?.Output is null ? null : OrchestrationExecutor.Serialize(options.Output), options?.Recursive ?? false));

    public override Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(engine.FindHeader(instanceId) is { } header ? ToMetadata(header, getInputsAndOutputs) : null);

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        GetInstanceAsync(instanceId, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, header => header.Status != OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, header => header.HasEnded, getInputsAndOutputs, cancellation);

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, Func<InstanceHeader, bool> condition, bool getInputsAndOutputs, CancellationToken cancellation)
    {
        while (true)
        {
            OrchestrationInstance? live = engine.FindLive(instanceId);
            InstanceHeader header = live?.Header ?? engine.Store.FindInstance(instanceId)
                ?? throw new InvalidOperationException($"There is no orchestration with the id '{instanceId}'.");
            if (condition(header) || live is null)
                return ToMetadata(header, getInputsAndOutputs);
            await live.NextChangeAsync(header).WaitAsync(cancellation);
        }
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        OrchestrationQuery query = filter ?? new OrchestrationQuery();
        HashSet<OrchestrationRuntimeStatus>? statuses = query.Statuses?.ToHashSet();
        return Pageable.Create<OrchestrationMetadata>((token, pageSize, _) =>
        {
            int limit = pageSize ?? query.PageSize;
            IReadOnlyList<InstanceHeader> headers =
                engine.Store.ListInstances(query.InstanceIdPrefix ?? "", token ?? query.ContinuationToken, limit, Passes);
            // Tags are not part of a listing, as on the real engine.
            List<OrchestrationMetadata> page = [.. headers.Select(header => ToMetadata(header, query.FetchInputsAndOutputs, withTags: false))];
            return Task.FromResult(new Page<OrchestrationMetadata>(page, page.Count == limit ? page[^1].InstanceId : null));
        });

        bool Passes(InstanceHeader header) =>
            (statuses is null or { Count: 0 } || statuses.Contains(header.Status))
            && (query.CreatedFrom is null || header.CreatedAt >= query.CreatedFrom)
            && (query.CreatedTo is null || header.CreatedAt <= query.CreatedTo);
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        if (engine.FindLive(instanceId) is not null || engine.Store.FindInstance(instanceId) is null)
            return new PurgeResult(0);
        Commit commit = new();
        commit.Purged.Add(instanceId);
        await engine.SubmitAsync(commit);
        return new PurgeResult(1);
    }

    private static OrchestrationMetadata ToMetadata(InstanceHeader header, bool withData, bool withTags = true)
    {
        OrchestrationMetadata metadata = new(header.Name, header.InstanceId)
        {
            RuntimeStatus = header.Status,
            CreatedAt = header.CreatedAt,
            LastUpdatedAt = header.UpdatedAt,
            DataConverter = JsonDataConverter.Default,
            SerializedCustomStatus = header.CustomStatus,
            SerializedInput = withData ? header.Input : null,
            SerializedOutput = withData ? header.Output : null,
            FailureDetails = withData ? header.Failure : null,
            Tags = withTags ? header.Tags : System.Collections.Immutable.ImmutableDictionary<string, string>.Empty,
        };
        return metadata;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
