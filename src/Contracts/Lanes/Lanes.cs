using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>The runs of a workflow over a time, briefly, and who waits at its gates: what it takes to draw a lane for each key.</summary>
/// <param name="Runs">The runs that lived in that time, the oldest first; of more than 10,000 the newest.</param>
/// <param name="Gates">The gates at which somebody waits now.</param>
/// <param name="IsComplete">Whether these are all; false when there are more than 10,000 runs, or more than 1,000 gates.</param>
public sealed record Lanes(ImmutableArray<LaneRun> Runs, ImmutableArray<LaneGate> Gates, bool IsComplete);

/// <summary>A run in its lane. Times are UTC.</summary>
public sealed record LaneRun
{
    /// <summary>The run's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its concurrency key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When its code began.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it was stopped.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StopReason? StopReason { get; init; }

    /// <summary>When that was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? StopRequestedAt { get; init; }

    /// <summary>The run that took its place.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SupersededBy { get; init; }

    /// <summary>How far it is, from 0 to 1, while it lives.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Progress { get; init; }
}

/// <summary>Who waits for the slots of one key.</summary>
/// <param name="Key">The concurrency key.</param>
/// <param name="Holders">Runs that hold its slots.</param>
/// <param name="Waiting">Runs that wait for one.</param>
/// <param name="Next">The ids of the first of them, in the order in which they get one, 50 at most.</param>
/// <param name="Place">The place of the first among all that wait at the gate, from 1; more than 1 where keys take turns.</param>
public sealed record LaneGate(string Key, int Holders, int Waiting, ImmutableArray<string> Next, int Place);
