using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>The gate of one concurrency key.</summary>
/// <param name="Workflow">The workflow's name; null for a gate of a rule that workflows share.</param>
/// <param name="Version">The workflow's version; null for a gate of a shared rule.</param>
/// <param name="Key">The concurrency key; empty for a gate that serves all keys.</param>
/// <param name="MaxRuns">How many runs of one key may hold it at one time. Where the workflow's code computes it, what the newest run said.</param>
/// <param name="Strategy">What happens to a new run when all slots are taken.</param>
/// <param name="LastToken">The fencing token of the latest admission; 0 before the first.</param>
/// <param name="Holders">Admitted runs, in the order of admission.</param>
/// <param name="Waiters">Runs that wait for a slot, in the order in which they get one.</param>
/// <param name="MaxQueued">For Queue and RoundRobin: how many runs of one key may wait.</param>
/// <param name="MaxTotal">For RoundRobin: how many runs of all keys may hold it at one time.</param>
/// <param name="MaxQueuedTotal">For RoundRobin: how many runs of all keys may wait.</param>
/// <param name="Healed">How many slots it has taken back, ever, from runs that were terminated or purged past the app and so never left.</param>
/// <param name="Rate">For a throttle: how often runs of the key may start; then it has no holders.</param>
/// <param name="NextStart">For a throttle: when the next run of the line, or a new one, can start, UTC; in the past if it can start at once. For a debounce: when the run that waits starts.</param>
/// <param name="Debounce">For a debounce: for how long its key must be quiet; then it has no holders.</param>
/// <param name="Rule">The name of the rule, where workflows share it; else null.</param>
/// <param name="IsPaused">Whether no run starts there, because the rule or the key was paused at run time.</param>
public sealed record Gate(
    string? Workflow,
    string? Version,
    string Key,
    int MaxRuns,
    ConcurrencyStrategy Strategy,
    long LastToken,
    ImmutableArray<GateHolder> Holders,
    ImmutableArray<GateWaiter> Waiters,
    int? MaxQueued = null,
    int? MaxTotal = null,
    int? MaxQueuedTotal = null,
    int Healed = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] StartRate? Rate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextStart = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Debounce? Debounce = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rule = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsPaused = false)
{
    /// <summary>Whether runs hold slots of it. A throttle and a debounce have none.</summary>
    internal bool HasSlots => Rate is null && Debounce is null;

    /// <summary>The kind of its rule, in a few words.</summary>
    internal string RuleInWords => Rate?.ToString() ?? Debounce?.ToString() ?? Strategy.ToString();
}

/// <summary>A run that holds a gate.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Token">Its fencing token.</param>
/// <param name="QueuedAt">When it was accepted, UTC.</param>
/// <param name="SupersededBy">The newer run that superseded it; null if none has.</param>
/// <param name="Key">Its key, at a gate that serves all keys.</param>
/// <param name="Workflow">Its workflow, at a gate that workflows share.</param>
public sealed record GateHolder(
    string RunId,
    long Token,
    DateTimeOffset QueuedAt,
    string? SupersededBy = null,
    string? Key = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Workflow = null);

/// <summary>A run that waits at a gate.</summary>
/// <param name="RunId">The run.</param>
/// <param name="QueuedAt">When it was accepted, UTC.</param>
/// <param name="Priority">The highest priority goes first.</param>
/// <param name="Key">Its key, at a gate that serves all keys.</param>
/// <param name="Workflow">Its workflow, at a gate that workflows share.</param>
public sealed record GateWaiter(
    string RunId,
    DateTimeOffset QueuedAt,
    int Priority,
    string? Key = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Workflow = null);
