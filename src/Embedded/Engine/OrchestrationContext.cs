using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Engine;

/// <summary>What an orchestrator's code sees of the engine: each call becomes a decision of its executor.</summary>
internal sealed class OrchestrationContext(OrchestrationExecutor executor, InstanceHeader header, ILoggerFactory loggers)
    : TaskOrchestrationContext
{
    private readonly EntityFeature _entities = new(executor);
    private int _guids;

    public override TaskName Name => header.Name;

    public override string InstanceId => header.InstanceId;

    public override string Version => header.Version ?? "";

    public override ParentOrchestrationInstance? Parent =>
        header.Parent is { } parent ? new ParentOrchestrationInstance(parent.Name, parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => executor.Now;

    public override bool IsReplaying => executor.IsReplaying;

    public override TaskOrchestrationEntityFeature Entities => _entities;

    protected override ILoggerFactory LoggerFactory => loggers;

    public override T? GetInput<T>()
        where T : default => header.Input is null ? default : JsonDataConverter.Default.Deserialize<T>(header.Input);

    public override void SetCustomStatus(object? customStatus) =>
        executor.SetCustomStatus(OrchestrationExecutor.Serialize(customStatus));

    public override Guid NewGuid()
    {
        executor.CheckThread();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> name = stackalloc byte[64 + sizeof(int)];
        int length = Encoding.UTF8.GetBytes(header.ExecutionId, name);
        BinaryPrimitives.WriteInt32LittleEndian(name[length..], _guids++);
        SHA256.HashData(name[..(length + sizeof(int))], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
        executor.StartTimer(fireAt.ToUniversalTime(), cancellationToken);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        executor.WaitForEvent<T>(eventName, cancellationToken);

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        string? json = OrchestrationExecutor.Serialize(payload);
        executor.Decide(id => new EventSent(id, instanceId, eventName, json));
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        executor.ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options) => executor.ContinueAsNew(options);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        string? json = OrchestrationExecutor.Serialize(input);
        return Retrying.RunAsync(this, options?.Retry, () =>
            executor.DecideAndWait<TResult>(name, OpenTaskKind.Activity, id => new TaskScheduled(id, name, json)));
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        string? json = OrchestrationExecutor.Serialize(input);
        SubOrchestrationOptions? child = options as SubOrchestrationOptions;
        return Retrying.RunAsync(this, options?.Retry, () =>
        {
            string instanceId = child?.InstanceId ?? NewGuid().ToString("N");
            InstanceIds.Check(instanceId);
            return executor.DecideAndWait<TResult>(
                orchestratorName,
                OpenTaskKind.Child,
                id => new ChildStarted(id, orchestratorName, instanceId, json, child?.Version?.Version));
        });
    }

    private sealed class EntityFeature(OrchestrationExecutor executor) : TaskOrchestrationEntityFeature
    {
        public override Task<TResult> CallEntityAsync<TResult>(
            EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null)
        {
            string? json = input is null ? null : OrchestrationExecutor.Serialize(input);
            string entity = id.ToString();
            return executor.DecideAndWait<TResult>(
                $"{operationName}/{entity}", OpenTaskKind.EntityCall, task => new EntityCalled(task, entity, operationName, json));
        }

        public override Task CallEntityAsync(
            EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
            CallEntityAsync<object?>(id, operationName, input, options);

        public override Task SignalEntityAsync(
            EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null)
        {
            string? json = input is null ? null : OrchestrationExecutor.Serialize(input);
            executor.Decide(task => new EntitySignaled(task, id.ToString(), operationName, json, options?.SignalTime));
            return Task.CompletedTask;
        }

        public override Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds) =>
            throw new NotSupportedException("The embedded runtime has no entity locks: call one entity, and let it decide.");

        public override bool InCriticalSection(out IReadOnlyList<EntityInstanceId>? entityIds)
        {
            entityIds = null;
            return false;
        }
    }
}
