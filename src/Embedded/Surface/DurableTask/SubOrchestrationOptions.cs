namespace Microsoft.DurableTask;

/// <summary>How an orchestrator wants a sub-orchestration to be run.</summary>
public record SubOrchestrationOptions : TaskOptions
{
    /// <summary>Options with a retry rule and an id.</summary>
    /// <param name="retry">When to try again; null for never.</param>
    /// <param name="instanceId">The id of the sub-orchestration; null for a generated one.</param>
    public SubOrchestrationOptions(TaskRetryOptions? retry = null, string? instanceId = null)
        : base(retry) => InstanceId = instanceId;

    /// <summary>A copy of other options with an id.</summary>
    /// <param name="options">The options to copy.</param>
    /// <param name="instanceId">The id of the sub-orchestration; null for that of the copied options.</param>
    public SubOrchestrationOptions(TaskOptions options, string? instanceId = null)
        : base(options)
    {
        InstanceId = instanceId ?? (options as SubOrchestrationOptions)?.InstanceId;
    }

    /// <summary>A copy of other options.</summary>
    /// <param name="options">The options to copy.</param>
    public SubOrchestrationOptions(SubOrchestrationOptions options)
        : base(options) => InstanceId = options.InstanceId;

    /// <summary>The id of the sub-orchestration; null for a generated one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The version to call.</summary>
    public new TaskVersion? Version
    {
        get => base.Version;
        init => base.Version = value;
    }
}
