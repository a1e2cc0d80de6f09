using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>The input of a step's activity.</summary>
internal sealed record StepCall
{
    /// <summary>The run that the step belongs to.</summary>
    public required string RunId { get; init; }

    /// <summary>Which of the runs that had this id, see <see cref="HolderId.LifeOf"/>; null where that is not known.</summary>
    public string? Life { get; init; }

    /// <summary>The step's number within its run, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The step's name.</summary>
    public required string Name { get; init; }

    /// <summary>The full name of the step's class when it was called.</summary>
    public string? Class { get; init; }

    /// <summary>The number of this attempt, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The longest that this attempt may take.</summary>
    public Duration Timeout { get; init; } = Duration.Never;

    /// <summary>Whether a stop of the run leaves this step alone: it cleans up.</summary>
    public bool Shielded { get; init; }

    /// <summary>The run's fencing tokens, in the order of its gates.</summary>
    public ImmutableArray<long> FencingTokens { get; init; } = [];

    /// <summary>The fencing tokens of the gates around the step, in the order of its rules.</summary>
    public ImmutableArray<long> StepFencingTokens { get; init; } = [];

    /// <summary>The slots that are to be in the gates' books before the step begins: those that no step of the run has found there yet.</summary>
    public ImmutableArray<GateSlot> Slots { get; init; } = [];

    /// <summary>What the step's code is given, as JSON.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The W3C trace context that the run was started in; null outside of one.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>The output of a step's activity. What the step's code throws is data here, so that a failed activity is a failed worker.</summary>
internal sealed record StepOutcome
{
    /// <summary>How the step ended.</summary>
    public required StepStatus Status { get; init; }

    /// <summary>When its code began, by the worker's clock, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its code ended, by the worker's clock, UTC.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Whether the call's slots are in the gates' books; null where that was not found out. Where they are not, its code did not begin.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsInBooks { get; init; }

    /// <summary>What its code returned, as JSON.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>The exception of its code.</summary>
    public RunError? Error { get; init; }

    /// <summary>Why its token fired.</summary>
    public StopReason? StopReason { get; init; }

    /// <summary>When its token fired, by the worker's clock, UTC; null where it did not, or before the code began.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? StopHeardAt { get; init; }

    /// <summary>The last progress that it reported.</summary>
    public RunProgress? Progress { get; init; }
}
