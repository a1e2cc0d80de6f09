using System.Diagnostics.CodeAnalysis;

namespace Microsoft.DurableTask.Client;

/// <summary>What is known of an orchestration from outside.</summary>
public sealed class OrchestrationMetadata
{
    /// <summary>Makes metadata.</summary>
    /// <param name="name">The orchestrator.</param>
    /// <param name="instanceId">The id of the instance.</param>
    public OrchestrationMetadata(string name, string instanceId)
    {
        Name = name;
        InstanceId = instanceId;
    }

    /// <summary>The orchestrator.</summary>
    public string Name { get; }

    /// <summary>The id of the instance.</summary>
    public string InstanceId { get; }

    /// <summary>Reads the serialized values; null unless they were asked for.</summary>
    public DataConverter? DataConverter { get; init; }

    /// <summary>The state it is in.</summary>
    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>Its input as stored.</summary>
    public string? SerializedInput { get; init; }

    /// <summary>Its output as stored.</summary>
    public string? SerializedOutput { get; init; }

    /// <summary>Its custom status as stored.</summary>
    public string? SerializedCustomStatus { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Why it failed, if it did.</summary>
    public TaskFailureDetails? FailureDetails { get; init; }

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    /// <summary>Whether it has ended.</summary>
    public bool IsCompleted => RuntimeStatus
        is OrchestrationRuntimeStatus.Completed
        or OrchestrationRuntimeStatus.Failed
        or OrchestrationRuntimeStatus.Terminated;

    /// <summary>Its input.</summary>
    /// <typeparam name="T">The type of it.</typeparam>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadInputAs<T>() => Read<T>(SerializedInput, "input");

    /// <summary>Its output.</summary>
    /// <typeparam name="T">The type of it.</typeparam>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadOutputAs<T>() => Read<T>(SerializedOutput, "output");

    /// <summary>Its custom status.</summary>
    /// <typeparam name="T">The type of it.</typeparam>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadCustomStatusAs<T>() => Read<T>(SerializedCustomStatus, "custom status");

    /// <inheritdoc />
    public override string ToString() => $"{Name} '{InstanceId}': {RuntimeStatus}, created {CreatedAt:o}, updated {LastUpdatedAt:o}";

    [return: MaybeNull]
    private T Read<T>(string? data, string what)
    {
        if (DataConverter is null)
        {
            throw new InvalidOperationException(
                $"The {what} of '{InstanceId}' was not fetched: ask for inputs and outputs when you get the instance.");
        }

        return data is null ? default : DataConverter.Deserialize<T>(data);
    }
}
