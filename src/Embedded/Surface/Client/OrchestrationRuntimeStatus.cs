namespace Microsoft.DurableTask.Client;

/// <summary>What state an orchestration is in.</summary>
public enum OrchestrationRuntimeStatus
{
    /// <summary>Started and not ended.</summary>
    Running,

    /// <summary>Ended with its output.</summary>
    Completed,

    /// <summary>Starting over.</summary>
    ContinuedAsNew,

    /// <summary>Ended with an error.</summary>
    Failed,

    /// <summary>Ended before it started.</summary>
    Canceled,

    /// <summary>Ended by force.</summary>
    Terminated,

    /// <summary>Accepted and not started.</summary>
    Pending,

    /// <summary>Held until it is resumed.</summary>
    Suspended,
}
