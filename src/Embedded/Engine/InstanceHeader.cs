using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Engine;

/// <summary>The orchestration that waits for a sub-orchestration, and the decision it waits with.</summary>
internal sealed record ParentLink(string InstanceId, string Name, string ExecutionId, int TaskId);

/// <summary>What of an instance the store could not read.</summary>
/// <param name="Message">Names the instance, and says what is wrong.</param>
/// <param name="IsFatal">Whether the instance cannot go on without it.</param>
internal sealed record HeaderDamage(string Message, bool IsFatal);

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

    /// <summary>What of it could not be read, and is replaced here by what is nearest, or by nothing; null where it is whole. Not stored.</summary>
    public HeaderDamage? Damage { get; init; }

    public bool HasEnded => IsEnd(Status);

    /// <summary>Whether an instance of a status has ended.</summary>
    public static bool IsEnd(OrchestrationRuntimeStatus status) => status
        is OrchestrationRuntimeStatus.Completed
        or OrchestrationRuntimeStatus.Failed
        or OrchestrationRuntimeStatus.Terminated;
}
