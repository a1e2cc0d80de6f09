using System.Diagnostics.CodeAnalysis;
using DurableTask.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Engine;

/// <summary>
/// The orchestration's context as its code sees it: Microsoft's own, with a check that the caller is the orchestrator's code in a turn.
/// The isolated worker has the same check. Knows which events the code waits for.
/// </summary>
/// <param name="inner">Microsoft's context.</param>
/// <param name="header">The instance.</param>
/// <param name="json">Reads the input.</param>
/// <param name="loggers">Make the orchestrator's loggers.</param>
/// <param name="onStrayed">Called, from any thread, when the code was found elsewhere.</param>
internal sealed class GuardedContext(
    TaskOrchestrationContext inner, InstanceHeader header, DataConverter json, ILoggerFactory loggers, Action onStrayed)
    : TaskOrchestrationContext
{
    private readonly List<Task> _waits = [];
    private GuardedEntities? _entities;

    /// <summary>Whether an event could make the code go on.</summary>
    public bool AnyWaits => _waits.RemoveAll(static wait => wait.IsCompleted) >= 0 && _waits.Count > 0;

    /// <summary>Whether the code has asked to begin again.</summary>
    public bool ContinuesAsNew { get; private set; }

    public override TaskName Name => inner.Name;

    public override string InstanceId => inner.InstanceId;

    public override string Version => inner.Version;

    public override ParentOrchestrationInstance? Parent => inner.Parent;

    public override DateTime CurrentUtcDateTime => inner.CurrentUtcDateTime;

    public override bool IsReplaying => inner.IsReplaying;

    public override IReadOnlyDictionary<string, object?> Properties => inner.Properties;

    public override TaskOrchestrationEntityFeature Entities => _entities ??= new(this, inner.Entities);

    protected override ILoggerFactory LoggerFactory => loggers;

    public override T? GetInput<T>()
        where T : default => header.Input is null ? default : json.Deserialize<T>(header.Input);

    public override Guid NewGuid() => Checked().NewGuid();

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        Checked().CallActivityAsync<TResult>(name, input, options);

    /// <exception cref="ArgumentException">The options have an id that no instance can have.</exception>
    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        if (options is SubOrchestrationOptions { InstanceId: { } instanceId })
            InstanceIds.Check(instanceId);
        return Checked().CallSubOrchestratorAsync<TResult>(orchestratorName, input, options);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        Checked().ContinueAsNew(newInput, preserveUnprocessedEvents);
        ContinuesAsNew = true;
    }

    public override void ContinueAsNew(Microsoft.DurableTask.ContinueAsNewOptions options)
    {
        Checked().ContinueAsNew(options);
        ContinuesAsNew = true;
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
        Checked().CreateTimer(fireAt, cancellationToken);

    public override void SetCustomStatus(object? customStatus) => Checked().SetCustomStatus(customStatus);

    public override void SendEvent(string instanceId, string eventName, object payload) =>
        Checked().SendEvent(instanceId, eventName, payload);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        Task<T> wait = Checked().WaitForExternalEvent<T>(eventName, cancellationToken);
        if (!wait.IsCompleted)
            _waits.Add(wait);
        return wait;
    }

    /// <exception cref="InvalidOperationException">The caller is on another thread, or no turn runs.</exception>
    private TaskOrchestrationContext Checked()
    {
        if (OrchestrationContext.IsOrchestratorThread)
            return inner;
        onStrayed();
        throw Strayed(header.Name);
    }

    /// <summary>What is wrong with code that waits for something that no history can bring back.</summary>
    public static InvalidOperationException Strayed(string name) => new(
        $"Orchestrator '{name}' awaits something that is not durable. Only tasks of its context may be awaited, on its own "
        + "thread: no Task.Delay, Task.Run, I/O, ConfigureAwait(false) or CancelAsync.");

    private sealed class GuardedEntities(GuardedContext context, TaskOrchestrationEntityFeature inner) : TaskOrchestrationEntityFeature
    {
        public override Task<TResult> CallEntityAsync<TResult>(
            EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
            Checked().CallEntityAsync<TResult>(id, operationName, input, options);

        public override Task CallEntityAsync(
            EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
            Checked().CallEntityAsync(id, operationName, input, options);

        public override Task SignalEntityAsync(
            EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null) =>
            Checked().SignalEntityAsync(id, operationName, input, options);

        public override Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds) =>
            throw new NotSupportedException("The embedded runtime has no entity locks: call one entity, and let it decide.");

        public override bool InCriticalSection([NotNullWhen(true)] out IReadOnlyList<EntityInstanceId>? entityIds) => inner.InCriticalSection(out entityIds);

        private TaskOrchestrationEntityFeature Checked()
        {
            context.Checked();
            return inner;
        }
    }
}
