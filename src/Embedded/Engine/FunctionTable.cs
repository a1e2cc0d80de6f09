using Microsoft.DurableTask;
using Microsoft.DurableTask.Protobuf;

namespace Preempt.Embedded.Engine;

/// <summary>Runs an orchestrator's code from its beginning; the task completes when the code returns.</summary>
internal delegate Task<object?> OrchestratorFunction(TaskOrchestrationContext context);

/// <summary>One delivery of an activity. Input is JSON or null; the engine serializes the result.</summary>
internal readonly record struct ActivityInvocation(string Name, string InstanceId, string? Input, CancellationToken HostStopping);

/// <summary>Runs an activity once.</summary>
internal delegate Task<object?> ActivityFunction(ActivityInvocation invocation);

/// <summary>Runs operations of an entity in order, and returns its new state with what each answered.</summary>
internal delegate Task<EntityBatchResult> EntityFunction(EntityBatchRequest batch);

/// <summary>The functions that the engine can run, by name. Names do not distinguish case.</summary>
internal sealed class FunctionTable
{
    public Dictionary<string, OrchestratorFunction> Orchestrators { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, ActivityFunction> Activities { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, EntityFunction> Entities { get; } = new(StringComparer.OrdinalIgnoreCase);
}
