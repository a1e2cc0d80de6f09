using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>
/// How many runs of a workflow may run at one time for each key, or how often they may start (<see cref="Rate"/>), and what happens to one more.
/// </summary>
public sealed record ConcurrencyRule
{
    /// <summary>The most runs that a rule can allow, so that a gate's state stays small.</summary>
    public const int LargestMaxRuns = 1000;

    /// <summary>The most runs that a rule can allow to wait at one gate.</summary>
    public const int LargestMaxQueued = 10_000;

    /// <summary>How many runs of one key may wait with RoundRobin if the rule does not say, so that no key fills the queue that all share.</summary>
    public const int DefaultMaxQueuedInTurn = 1000;

    /// <summary>The most turns that a key can have where others have one.</summary>
    public const int LargestWeight = 100;

    /// <summary>The name under which workflows and steps share the rule; null for a rule of one workflow.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>A template such as <c>{input.userId}:{metadata.region}</c>, or <c>(code)</c> for a key that code computes.</summary>
    public required string Key { get; init; }

    /// <summary>
    /// How many runs of one key may run at one time: 1 to 1000. Where the workflow's code computes it for each run, the most that it can be. Of a rule with
    /// a <see cref="Rate"/>, how many may start at the same moment, its burst.
    /// </summary>
    public required int MaxRuns { get; init; }

    /// <summary>Whether the workflow's code computes <see cref="MaxRuns"/> from the input and the metadata of each run. The newest run of a key says what holds.</summary>
    public bool IsMaxRunsComputed { get; init; }

    /// <summary>For RoundRobin: how many turns the run's key has where a key of weight 1 has one: 1 to 100.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? Weight { get; init; }

    /// <summary>For RoundRobin: whether the workflow's code computes <see cref="Weight"/> from the input and the metadata of each run. The newest run of a key says what holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsWeightComputed { get; init; }

    /// <summary>What happens to one more.</summary>
    public required ConcurrencyStrategy Strategy { get; init; }

    /// <summary>
    /// How often runs of one key may start; null for a rule about the runs at one time. In any time of length t no more than
    /// <c>MaxRuns + t * Starts / Per</c> runs start. With <see cref="ConcurrencyStrategy.Queue"/> one more waits for its time to start; with
    /// <see cref="ConcurrencyStrategy.CancelNewest"/> it is Rejected.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StartRate? Rate { get; init; }

    /// <summary>
    /// When the newest of the runs of a key starts that come shortly one after the other; null if the rule does not wait for that. The strategy is
    /// <see cref="ConcurrencyStrategy.CancelInProgress"/>: a newer run supersedes the one that waits, and none that has started.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Debounce? Debounce { get; init; }

    /// <summary>Whether its gates have slots. A throttle and a debounce have none: a run that has started holds nothing there.</summary>
    internal bool HasSlots => Rate is null && Debounce is null;

    /// <summary>For CancelInProgress: when a new run gets the slot of the run that it supersedes.</summary>
    public Handover Handover { get; init; }

    /// <summary>For Queue and RoundRobin: how many runs of one key may wait, 1 to 10,000. A run that can start at once does not wait.</summary>
    public int MaxQueued { get; init; } = LargestMaxQueued;

    /// <summary>For RoundRobin: how many runs of all keys together may wait, 1 to 10,000.</summary>
    public int MaxQueuedTotal { get; init; } = LargestMaxQueued;

    /// <summary>For RoundRobin: how many runs of all keys together may run at one time, 1 to 1000.</summary>
    public int MaxTotal { get; init; } = LargestMaxRuns;
}
