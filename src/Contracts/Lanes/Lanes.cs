using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>The runs of a workflow over a time, in short form, and the waiting runs at its gates: the data to draw a lane for each key.</summary>
/// <param name="Runs">The runs of that time, the oldest first. If there are more than 10,000, the newest.</param>
/// <param name="Gates">The gates at which runs wait now.</param>
/// <param name="IsComplete">Whether these are all; false if there are more than 10,000 runs or 1,000 gates.</param>
public sealed record Lanes(ImmutableArray<LaneRun> Runs, ImmutableArray<LaneGate> Gates, bool IsComplete);

/// <summary>A run in its lane. Times are UTC.</summary>
public sealed record LaneRun
{
    /// <summary>The run's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its concurrency key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>The run's status.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When its code began.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it was asked to stop.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StopReason? StopReason { get; init; }

    /// <summary>When the stop was requested.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? StopRequestedAt { get; init; }

    /// <summary>The newer run that superseded it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SupersededBy { get; init; }

    /// <summary>Its progress, from 0 to 1, until it has ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Progress { get; init; }
}

/// <summary>The runs that wait for the slots of one key.</summary>
/// <param name="Key">The concurrency key.</param>
/// <param name="Holders">The number of runs that hold a slot.</param>
/// <param name="Waiting">The number of runs that wait for a slot.</param>
/// <param name="Next">The ids of the first waiting runs, in the order in which they get a slot, 50 at most.</param>
/// <param name="Place">The place of the first of them among all runs that wait at the gate, from 1. It can be more than 1 with RoundRobin.</param>
/// <param name="MaxRuns">How many runs of the key may hold a slot; 0 of a throttle or a debounce, which has none.</param>
public sealed record LaneGate(string Key, int Holders, int Waiting, ImmutableArray<string> Next, int Place, int MaxRuns = 0);
