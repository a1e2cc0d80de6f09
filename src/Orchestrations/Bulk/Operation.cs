using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Where a bulk operation is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationStatus>))]
public enum OperationStatus
{
    /// <summary>It works, or is about to.</summary>
    Running,

    /// <summary>It has gone through all runs; with some of them it may have failed.</summary>
    Succeeded,

    /// <summary>It ended before it had gone through all runs.</summary>
    Failed,
}

/// <summary>A bulk operation as callers see it. Times are UTC.</summary>
public sealed record Operation
{
    /// <summary>The operation's id.</summary>
    public required string Id { get; init; }

    /// <summary>What it does with each run.</summary>
    public required BulkKind Kind { get; init; }

    /// <summary>Where it is.</summary>
    public required OperationStatus Status { get; init; }

    /// <summary>The runs that there are to work on; 0 until they are counted.</summary>
    public required int Total { get; init; }

    /// <summary>
    /// Those that are done: asked to stop, or replayed, or in no need of it any more. A run that was asked to stop ends in its own time.
    /// </summary>
    public required int Done { get; init; }

    /// <summary>Those with which it could not be done.</summary>
    public required int Failed { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether the runs were only counted.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Why, in words.</summary>
    public string? Reason { get; init; }

    /// <summary>The first failures, 10 at most.</summary>
    public required ImmutableArray<BulkFailure> Failures { get; init; }

    /// <summary>The operation; null when the instance is none.</summary>
    internal static Operation? From(OrchestrationMetadata instance)
    {
        if (instance.Name != PreemptFunctions.Bulk || Read<BulkState>(instance.SerializedInput) is not { } state)
            return null;
        BulkProgress progress = (instance.RuntimeStatus == OrchestrationRuntimeStatus.Completed ? Read<BulkProgress>(instance.SerializedOutput) : null)
            ?? Read<BulkProgress>(instance.SerializedCustomStatus) ?? state.Progress ?? new BulkProgress(0);
        return new Operation
        {
            Id = instance.InstanceId,
            Kind = state.Request.Kind,
            Status = instance switch
            {
                { RuntimeStatus: OrchestrationRuntimeStatus.Completed } => OperationStatus.Succeeded,
                { IsCompleted: true } => OperationStatus.Failed,
                _ => OperationStatus.Running,
            },
            Total = progress.Total,
            Done = progress.Done,
            Failed = progress.Failed,
            StartedAt = state.StartedAt,
            EndedAt = progress.EndedAt ?? (instance.IsCompleted ? instance.LastUpdatedAt : null),
            DryRun = state.Request.DryRun,
            Reason = state.Request.Reason,
            Failures = progress.Failures,
        };
    }

    private static T? Read<T>(string? json)
        where T : class
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<T>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
