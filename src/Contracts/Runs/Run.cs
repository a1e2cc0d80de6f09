using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

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

    /// <summary>The run's status.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>The run's input, as JSON.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The run's output, as JSON; null until it has succeeded.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>The exception of its code; null if there was none.</summary>
    public RunError? Error { get; init; }

    /// <summary>The stop of the run; null if nobody requested one.</summary>
    public RunStop? Stop { get; init; }

    /// <summary>The progress that its steps report.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>The attempt of the latest step, from 1; 0 before the first step.</summary>
    public int Attempt { get; init; }

    /// <summary>Its fencing tokens, in the order of the workflow's rules.</summary>
    public ImmutableArray<long> FencingTokens { get; init; } = [];

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When its code began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The run that started this one; null if a caller did.</summary>
    public string? ParentId { get; init; }

    /// <summary>The metadata that the caller attached.</summary>
    public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its latest steps, oldest first, 20 at most.</summary>
    public ImmutableArray<RunStep> Steps { get; init; } = [];
}

/// <summary>The exception of a run.</summary>
/// <param name="Type">The full name of the exception's type.</param>
/// <param name="Message">The exception's message, 2,000 characters at most.</param>
/// <param name="Step">The step that threw it; null if the workflow's code did.</param>
public sealed record RunError(string Type, string Message, string? Step = null);

/// <summary>The progress that a step reports.</summary>
/// <param name="Fraction">The part that is done, from 0 to 1.</param>
/// <param name="Message">A description, 100 characters at most.</param>
public sealed record RunProgress(double Fraction, string? Message = null);

/// <summary>A stop of a run.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="RequestedAt">When the stop was requested.</param>
/// <param name="Forced">Whether the run was ended by force, while one of its steps still ran.</param>
/// <param name="Message">An explanation.</param>
/// <param name="By">Who requested the stop.</param>
/// <param name="SupersededBy">The newer run that superseded this one.</param>
/// <param name="Grace">How long the run may take to stop.</param>
/// <param name="RetryAt">If the run was turned away because too many were started: when the next could start, UTC.</param>
public sealed record RunStop(
    StopReason Reason,
    DateTimeOffset RequestedAt,
    bool Forced,
    string? Message = null,
    string? By = null,
    string? SupersededBy = null,
    Duration? Grace = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? RetryAt = null);

/// <summary>A step of a run.</summary>
/// <param name="Number">The number of the call within its run, from 1.</param>
/// <param name="Name">The step's name.</param>
/// <param name="Status">The step's status.</param>
/// <param name="Attempt">The number of this attempt, from 1.</param>
/// <param name="StartedAt">When it was scheduled; once it has ended, when its code began.</param>
/// <param name="EndedAt">When its code ended; null while it runs, or if it was abandoned.</param>
/// <param name="StopReason">Why it was told to stop.</param>
public sealed record RunStep(
    int Number,
    string Name,
    StepStatus Status,
    int Attempt,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt = null,
    StopReason? StopReason = null)
{
    /// <summary>When its token fired because of a stop, by its worker's clock; null if it did not fire, and until the attempt has ended.</summary>
    public DateTimeOffset? StopHeardAt { get; init; }

    /// <summary>The attempts before this one, oldest first: the latest 10 of them, fewer in a run with many steps.</summary>
    public ImmutableArray<StepAttempt> EarlierAttempts { get; init; } = [];
}

/// <summary>An attempt of a step that was followed by another.</summary>
/// <param name="Attempt">The number of the attempt, from 1.</param>
/// <param name="Status"><see cref="StepStatus.Failed"/>, or <see cref="StepStatus.TimedOut"/> if it exceeded the step's own timeout.</param>
/// <param name="StartedAt">When its code began, by its worker's clock.</param>
/// <param name="EndedAt">When its code ended, by its worker's clock.</param>
public sealed record StepAttempt(int Attempt, StepStatus Status, DateTimeOffset StartedAt, DateTimeOffset EndedAt);
