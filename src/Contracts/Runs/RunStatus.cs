using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>Where a run is in its life. The last five are terminal: they never change.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
public enum RunStatus
{
    /// <summary>Read by an older client from a newer app: a status that the client does not know.</summary>
    Unknown = -1,

    /// <summary>Accepted; waits for its concurrency gates.</summary>
    Queued,

    /// <summary>Its workflow's code runs.</summary>
    Running,

    /// <summary>It was asked to stop, and its code has not ended yet.</summary>
    Stopping,

    /// <summary>Its code returned, perhaps after it swallowed a stop.</summary>
    Succeeded,

    /// <summary>Its code threw something other than the answer to a stop.</summary>
    Failed,

    /// <summary>It was stopped because its time was over.</summary>
    TimedOut,

    /// <summary>It was stopped for any other reason.</summary>
    Cancelled,

    /// <summary>It was not admitted: too many were waiting.</summary>
    Rejected,
}

/// <summary>Facts about <see cref="RunStatus"/>.</summary>
public static class RunStatusExtensions
{
    /// <summary>Whether a run in this status has ended for good.</summary>
    /// <param name="status">The status.</param>
    /// <returns>True for the terminal ones.</returns>
    public static bool IsTerminal(this RunStatus status) => status >= RunStatus.Succeeded;

    /// <summary>The statuses that a run can have.</summary>
    internal static ImmutableArray<RunStatus> All { get; } =
        [.. Enum.GetValues<RunStatus>().Where(status => status != RunStatus.Unknown).Order()];
}

/// <summary>Why a run, or a step, was told to stop.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StopReason>))]
public enum StopReason
{
    /// <summary>Read by an older client from a newer app: a reason that the client does not know.</summary>
    Unknown = -1,

    /// <summary>A person or a program asked.</summary>
    Requested,

    /// <summary>A newer run of its key took its place.</summary>
    Superseded,

    /// <summary>Its execution timeout, or the step's, was over.</summary>
    Timeout,

    /// <summary>The time or event came at which it was to end.</summary>
    EndCondition,

    /// <summary>It waited for its gates for too long.</summary>
    ScheduleTimeout,

    /// <summary>There was no slot for it, or no room to wait.</summary>
    GateFull,

    /// <summary>The host of the step shuts down; the step runs again elsewhere.</summary>
    Shutdown,

    /// <summary>The run that called it stopped, or did not wait for it.</summary>
    Parent,

    /// <summary>The run asked itself; or the workflow's own code cancelled the step, or ended without waiting for it.</summary>
    Self,
}

/// <summary>Where a step is.</summary>
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

    /// <summary>It was told to stop because its time was over, and did.</summary>
    TimedOut,

    /// <summary>It was told to stop, and did.</summary>
    Cancelled,

    /// <summary>It was told to stop, and had not when the grace was over.</summary>
    Abandoned,

    /// <summary>It waits for the gates around it.</summary>
    Queued,
}
