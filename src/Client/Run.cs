using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Preempt.Client.Json;

namespace Preempt.Client;

/// <summary>A run. Times are UTC.</summary>
public sealed record Run
{
    /// <summary>The run's id.</summary>
    public required string Id { get; init; }

    /// <summary>The workflow's name.</summary>
    public required string Workflow { get; init; }

    /// <summary>The workflow's version.</summary>
    public required string Version { get; init; }

    /// <summary>The concurrency key of the workflow's first rule; null without one.</summary>
    public string? Key { get; init; }

    /// <summary>Where the run is in its life.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>What the run was given, as JSON.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>What it returned, as JSON.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>What it threw.</summary>
    public RunError? Error { get; init; }

    /// <summary>Why it was stopped; null when nobody asked.</summary>
    public RunStop? Stop { get; init; }

    /// <summary>How far its steps say they are.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>Which attempt the latest step is on, from 1; 0 before the first.</summary>
    public int Attempt { get; init; }

    /// <summary>Its fencing tokens, in the order of the workflow's rules.</summary>
    public ImmutableArray<long> FencingTokens { get; init; } = [];

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When its code began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The run that started it; null when a caller did.</summary>
    public string? ParentId { get; init; }

    /// <summary>What the caller attached to it.</summary>
    public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its latest steps, oldest first, 20 at most.</summary>
    public ImmutableArray<RunStep> Steps { get; init; } = [];
}

/// <summary>What a run threw.</summary>
/// <param name="Type">The full name of the exception's type.</param>
/// <param name="Message">What it says.</param>
/// <param name="Step">The step that it came from, if it came from one.</param>
public sealed record RunError(string Type, string Message, string? Step = null);

/// <summary>A stop of a run.</summary>
/// <param name="Reason">Why.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="Forced">Whether it was ended while a step of its still ran.</param>
/// <param name="Message">In words.</param>
/// <param name="By">Who asked.</param>
/// <param name="SupersededBy">The run that took its place.</param>
/// <param name="Grace">How long the run may take to stop.</param>
public sealed record RunStop(
    StopReason Reason,
    DateTimeOffset RequestedAt,
    bool Forced,
    string? Message = null,
    string? By = null,
    string? SupersededBy = null,
    TimeSpan? Grace = null);

/// <summary>How far a step says it is.</summary>
/// <param name="Fraction">From 0 to 1.</param>
/// <param name="Message">In words.</param>
public sealed record RunProgress(double Fraction, string? Message = null);

/// <summary>A step of a run.</summary>
/// <param name="Name">The step's name.</param>
/// <param name="Status">Where it is.</param>
/// <param name="Attempt">Which attempt this is, from 1.</param>
/// <param name="StartedAt">When it was scheduled, and once it has ended, when its code began.</param>
/// <param name="EndedAt">When its code ended; null while it runs, or when it was abandoned.</param>
/// <param name="StopReason">Why it was told to stop.</param>
public sealed record RunStep(
    string Name, StepStatus Status, int Attempt, DateTimeOffset StartedAt, DateTimeOffset? EndedAt = null, StopReason? StopReason = null);

/// <summary>Where a run is in its life. The last five are terminal: they never change.</summary>
[JsonConverter(typeof(TolerantEnumConverter<RunStatus>))]
public enum RunStatus
{
    /// <summary>A status that this client does not know: the app is newer.</summary>
    Unknown,

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
}

/// <summary>Why a run, or a step, was told to stop.</summary>
[JsonConverter(typeof(TolerantEnumConverter<StopReason>))]
public enum StopReason
{
    /// <summary>A reason that this client does not know: the app is newer.</summary>
    Unknown,

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

    /// <summary>The host of the step shuts down; or the app does.</summary>
    Shutdown,

    /// <summary>The run that started it stopped.</summary>
    Parent,

    /// <summary>The workflow's own code asked.</summary>
    Self,
}

/// <summary>Where a step is.</summary>
[JsonConverter(typeof(TolerantEnumConverter<StepStatus>))]
public enum StepStatus
{
    /// <summary>A status that this client does not know: the app is newer.</summary>
    Unknown,

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

    /// <summary>It was told to stop, and had not when the run's grace was over.</summary>
    Abandoned,
}
