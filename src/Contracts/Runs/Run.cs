using System.Collections.Immutable;
using System.Text.Json;

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
/// <param name="Message">What it says, 2,000 characters at most.</param>
/// <param name="Step">The step that it came from, if it came from one.</param>
public sealed record RunError(string Type, string Message, string? Step = null);

/// <summary>How far a step says it is.</summary>
/// <param name="Fraction">From 0 to 1.</param>
/// <param name="Message">In words, 100 characters at most.</param>
public sealed record RunProgress(double Fraction, string? Message = null);

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
    Duration? Grace = null);

/// <summary>A step of a run.</summary>
/// <param name="Number">Which call of a step it is within its run, from 1.</param>
/// <param name="Name">The step's name.</param>
/// <param name="Status">Where it is.</param>
/// <param name="Attempt">Which attempt this is, from 1.</param>
/// <param name="StartedAt">When it was scheduled, and once it has ended, when its code began.</param>
/// <param name="EndedAt">When its code ended; null while it runs, or when it was abandoned.</param>
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
    /// <summary>When its code heard that it is to stop, by its worker's clock; null when it did not, and until the attempt has ended.</summary>
    public DateTimeOffset? StopHeardAt { get; init; }

    /// <summary>The attempts before this one, oldest first: the latest 10 of them, fewer in a run with many steps.</summary>
    public ImmutableArray<StepAttempt> EarlierAttempts { get; init; } = [];
}

/// <summary>An attempt of a step that was followed by another.</summary>
/// <param name="Attempt">Which, from 1.</param>
/// <param name="Status"><see cref="StepStatus.Failed"/>, or <see cref="StepStatus.TimedOut"/> when it was over the step's own timeout.</param>
/// <param name="StartedAt">When its code began, by its worker's clock.</param>
/// <param name="EndedAt">When its code ended, by its worker's clock.</param>
public sealed record StepAttempt(int Attempt, StepStatus Status, DateTimeOffset StartedAt, DateTimeOffset EndedAt);
