using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Engine;

/// <summary>The client of the engine in this process. A call returns when what it asks for is durable.</summary>
internal sealed class EngineClient(DurableEngine engine) : DurableTaskClient("embedded")
{
    /// <summary>For how long a start can collide with another, where the faults have starts collide.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(1);

    private readonly EngineEntityClient _entities = new(engine);
    private readonly Purging _purging = new(engine);

    public override DurableEntityClient Entities => _entities;

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return StartAsync(engine.NewInstance(orchestratorName, input, options), options?.DedupeStatuses ?? []);
    }

    public override Task<string> RestartAsync(
        string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        InstanceHeader before = engine.Instances.FindHeader(instanceId)
            ?? throw new ArgumentException($"There is no orchestration with the id '{instanceId}'.", nameof(instanceId));
        if (before.Damage is { IsFatal: true } damage)
            throw new InvalidOperationException(damage.Message);
        StartOrchestrationOptions options = new(restartWithNewInstanceId ? null : instanceId) { Tags = before.Tags, Version = before.Version };
        return StartAsync(engine.NewInstance(before.Name, null, options) with { Input = before.Input }, []);
    }

    private async Task<string> StartAsync(InstanceHeader header, IReadOnlyList<string> dedupeStatuses)
    {
        if (!await TryReserveAsync(header))
            return header.InstanceId;
        Commit commit = new() { Kept = dedupeStatuses, Started = { header } };
        try
        {
            await engine.SubmitAsync(commit);
        }
        catch (InstanceKeptException refusal)
        {
            engine.Instances.Release(header.InstanceId);
            throw new InvalidOperationException(refusal.Message, refusal);
        }

        return header.InstanceId;
    }

    /// <summary>
    /// Takes the id. A start of the same id that is in progress may still fail; if it succeeds, the caller here finds the
    /// instance.
    /// </summary>
    /// <returns>False where the id is taken, and the caller is not to know.</returns>
    /// <exception cref="InvalidOperationException">The id is taken.</exception>
    private async Task<bool> TryReserveAsync(InstanceHeader header)
    {
        while (!engine.Instances.TryReserve(header))
        {
            if (engine.Instances.Find(header.InstanceId) is not { } other)
                continue;
            await other.SettledAsync();
            if (!other.IsDurable)
                continue;
            bool isJustStarted = header.CreatedAt - other.Header.CreatedAt < LongestStart;
            if (!isJustStarted || engine.Options.Faults?.StartsCollide() != true)
                throw InstanceTable.AlreadyRuns(header.InstanceId);
            return false;
        }

        return true;
    }

    private Task SendAsync(string instanceId, HistoryEvent message)
    {
        InstanceHeader header = engine.Instances.FindHeader(instanceId) ?? throw Unknown(instanceId);
        if (header.HasEnded)
            throw new InvalidOperationException($"The orchestration '{instanceId}' has ended: it is {header.Status}.");

        Commit commit = new();
        commit.Deliveries.Add(new Delivery(instanceId, message));
        return engine.SubmitAsync(commit);
    }

    private static InvalidOperationException Unknown(string instanceId) => new($"There is no orchestration with the id '{instanceId}'.");

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new EventRaised(eventName, engine.Json.Serialize(eventPayload)));

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new Suspended(reason));

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new Resumed(reason));

    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new Terminated(engine.Json.Serialize(options?.Output), options?.Recursive ?? false));

    public override Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(engine.Instances.FindHeader(instanceId) is { } header ? ToMetadata(header, getInputsAndOutputs) : null);

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
            OrchestrationInstance? live = engine.Instances.Find(instanceId);
            InstanceHeader? seen = live?.Header;
            InstanceHeader header = (live is { IsDurable: true } ? seen : engine.Store.FindInstance(instanceId)) ?? throw Unknown(instanceId);
            // An instance that has just ended is no longer live: then the store has its end.
            if (!condition(header) && live is not null)
            {
                Task<InstanceHeader> change = live.NextChangeAsync(seen!);
                engine.Options.Scheduler.Waits(change);
                header = await change.WaitAsync(cancellation);
            }

            if (condition(header))
                return ToMetadata(header, getInputsAndOutputs);
        }
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        OrchestrationQuery query = filter ?? new OrchestrationQuery();
        Func<InstanceHeader, bool> passes = InstanceFilter(query.Statuses, query.CreatedFrom, query.CreatedTo);
        return Pageable.Create<OrchestrationMetadata>((token, pageSize, _) =>
        {
            int limit = Math.Max(pageSize ?? query.PageSize, 1);
            IReadOnlyList<InstanceHeader> headers =
                engine.Store.ListInstances(query.InstanceIdPrefix ?? "", token ?? query.ContinuationToken, limit, passes);
            // Tags are not part of a listing, as on the real engine.
            List<OrchestrationMetadata> page = [.. headers.Select(header => ToMetadata(header, query.FetchInputsAndOutputs, withTags: false))];
            return Task.FromResult(new Page<OrchestrationMetadata>(page, page.Count == limit ? page[^1].InstanceId : null));
        });
    }

    /// <summary>What a query asks of an instance.</summary>
    public static Func<InstanceHeader, bool> InstanceFilter(
        IEnumerable<OrchestrationRuntimeStatus>? statuses, DateTimeOffset? createdFrom, DateTimeOffset? createdTo)
    {
        HashSet<OrchestrationRuntimeStatus> wanted = statuses?.ToHashSet() ?? [];
        return header =>
            (wanted.Count == 0 || wanted.Contains(header.Status))
            && (createdFrom is null || header.CreatedAt >= createdFrom)
            && (createdTo is null || header.CreatedAt <= createdTo);
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        engine.Instances.FindHeader(instanceId) is { HasEnded: false } running
            ? throw new InvalidOperationException($"Only an orchestration that has ended can be purged; '{instanceId}' is {running.Status}.")
            : new(await _purging.PurgeAsync([instanceId], options?.Recursive ?? false));

    public override Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        _purging.PurgeAsync(filter, options?.Recursive ?? false, cancellation);

    private OrchestrationMetadata ToMetadata(InstanceHeader header, bool withData, bool withTags = true) =>
        new(header.Name, header.InstanceId)
        {
            RuntimeStatus = header.Status,
            CreatedAt = header.CreatedAt,
            LastUpdatedAt = header.UpdatedAt,
            DataConverter = engine.Json,
            SerializedCustomStatus = header.CustomStatus,
            SerializedInput = withData ? header.Input : null,
            SerializedOutput = withData ? header.Output : null,
            FailureDetails = withData ? header.Failure : null,
            Tags = withTags ? header.Tags : ImmutableDictionary<string, string>.Empty,
        };

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
