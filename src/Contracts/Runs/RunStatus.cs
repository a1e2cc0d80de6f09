using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>The status of a run. The last five are final: they never change.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
public enum RunStatus
{
    /// <summary>Read by an older client from a newer app: a status that the client does not know.</summary>
    Unknown = -1,

    /// <summary>The run is accepted, and waits for its gates.</summary>
    Queued,

    /// <summary>Its workflow's code runs.</summary>
    Running,

    /// <summary>It was asked to stop, and its code has not ended yet.</summary>
    Stopping,

    /// <summary>Its code returned, even if it was asked to stop.</summary>
    Succeeded,

    /// <summary>Its code threw an exception that is not the result of a stop.</summary>
    Failed,

    /// <summary>It was stopped because its time was over.</summary>
    TimedOut,

    /// <summary>It was stopped for any other reason.</summary>
    Cancelled,

    /// <summary>It was not admitted: too many runs were waiting, or it would have waited for itself.</summary>
    Rejected,
}

/// <summary>Helpers for <see cref="RunStatus"/>.</summary>
public static class RunStatusExtensions
{
    /// <summary>Whether a run with this status has ended.</summary>
    /// <param name="status">The status.</param>
    /// <returns>True for the final statuses.</returns>
    public static bool IsTerminal(this RunStatus status) => status >= RunStatus.Succeeded;

    /// <summary>The statuses that a run can have.</summary>
    internal static ImmutableArray<RunStatus> All { get; } =
        [.. Enum.GetValues<RunStatus>().Where(status => status != RunStatus.Unknown).Order()];
}

/// <summary>Why a run or a step was asked to stop.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StopReason>))]
public enum StopReason
{
    /// <summary>Read by an older client from a newer app: a reason that the client does not know.</summary>
    Unknown = -1,

    /// <summary>A caller requested it.</summary>
    Requested,

    /// <summary>A newer run of its key superseded it.</summary>
    Superseded,

    /// <summary>Its execution timeout, or the step's, was over.</summary>
    Timeout,

    /// <summary>Its end condition was met: a time or an event.</summary>
    EndCondition,

    /// <summary>It waited for its gates longer than its schedule timeout.</summary>
    ScheduleTimeout,

    /// <summary>There was no free slot, or the queue was full.</summary>
    GateFull,

    /// <summary>For a run: the app was stopped. For a step: its host shuts down, and the step runs again elsewhere.</summary>
    Shutdown,

    /// <summary>Its parent stopped, or did not wait for it.</summary>
    Parent,

    /// <summary>The run stopped itself; or the workflow's code cancelled the step, or ended without waiting for it.</summary>
    Self,
}

/// <summary>The status of a step.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepStatus>))]
public enum StepStatus
{
    /// <summary>Read by an older client from a newer app: a status that the client does not know.</summary>
    Unknown = -1,

    /// <summary>Scheduled, or at work.</summary>
    Running,

    /// <summary>Its code returned.</summary>
    Succeeded,

    /// <summary>Its code threw.</summary>
    Failed,

    /// <summary>It was told to stop because its time was over, and stopped.</summary>
    TimedOut,

    /// <summary>It was told to stop, and stopped.</summary>
    Cancelled,

    /// <summary>It was told to stop, and had not stopped when the grace was over.</summary>
    Abandoned,

    /// <summary>It waits for the gates around it.</summary>
    Queued,
}
