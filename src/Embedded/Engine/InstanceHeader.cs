using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Engine;

/// <summary>The orchestration that waits for a sub-orchestration, and the decision it waits with.</summary>
internal sealed record ParentLink(string InstanceId, string Name, string ExecutionId, int TaskId);

/// <summary>All that is known of an orchestration instance beside its history. Payloads are JSON.</summary>
internal sealed record InstanceHeader
{
    public required string InstanceId { get; init; }

    public required string Name { get; init; }

    /// <summary>Changes with each restart and each continue-as-new, so that late answers to an earlier execution are dropped.</summary>
    public required string ExecutionId { get; init; }

    public required OrchestrationRuntimeStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public string? Input { get; init; }

    public string? Output { get; init; }

    public string? CustomStatus { get; init; }

    public string? Version { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    public ParentLink? Parent { get; init; }

    public ImmutableDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    public bool HasEnded => Status
        is OrchestrationRuntimeStatus.Completed
        or OrchestrationRuntimeStatus.Failed
        or OrchestrationRuntimeStatus.Terminated;
}
