using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>The kind of a lifecycle event.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LifecycleEventType>))]
public enum LifecycleEventType
{
    /// <summary>Its code began.</summary>
    [JsonStringEnumMemberName("started")]
    Started,

    /// <summary>It was asked to stop for the first time.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>It has ended.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended,

    /// <summary>A rule's limit was set or taken back. The event is of the rule, and has no run.</summary>
    [JsonStringEnumMemberName("limit-changed")]
    LimitChanged,
}

/// <summary>
/// A lifecycle event of a run, or a change of a rule's limits: a message of the queue <c>preempt-events</c>. It may be published more than once; recognize a
/// repeat by the run and the type, or by the rule and the number of the change. Its size is bounded: it has no input, no output and no metadata.
/// </summary>
public sealed record LifecycleEvent
{
    /// <summary>What happened.</summary>
    public required LifecycleEventType Type { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was set or taken back, if a limit was changed; then it is all that the event has.</summary>
    public LimitChange? Change { get; init; }

    /// <summary>The run; null if a limit was changed.</summary>
    public string? RunId { get; init; }

    /// <summary>The name of the run's workflow.</summary>
    public string? Workflow { get; init; }

    /// <summary>The workflow's version.</summary>
    public string? Version { get; init; }

    /// <summary>The concurrency key of the workflow's first rule; null without one.</summary>
    public string? Key { get; init; }

    /// <summary>The run's status.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>Why it was asked to stop; null if it was not.</summary>
    public StopRequest? Stop { get; init; }

    /// <summary>Whether it was ended by force, while one of its steps still ran.</summary>
    public bool? Forced { get; init; }

    /// <summary>The exception of its code.</summary>
    public RunError? Error { get; init; }

    /// <summary>When it was accepted, UTC.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>When its code began, UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
