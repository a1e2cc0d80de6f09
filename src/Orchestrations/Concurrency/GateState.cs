using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>A run that a gate has admitted and that has not left.</summary>
/// <param name="Age">The run.</param>
/// <param name="Token">Its fencing token.</param>
/// <param name="SupersededBy">The run that it was stopped for, or null.</param>
/// <param name="Key">Its key, where a gate serves several.</param>
/// <param name="ToldBy">The run that was asked to tell it that it is admitted; null where the answer to its own question said so.</param>
/// <param name="Workflow">Its workflow, where workflows share the gate.</param>
internal sealed record HolderState(
    RunAge Age,
    long Token,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SupersededBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ToldBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Workflow = null);

/// <summary>A run that a gate has struck off for a newer one, and that has not said that it has heard of it.</summary>
/// <param name="RunId">The run.</param>
/// <param name="SupersededBy">The newer run.</param>
/// <param name="At">When, UTC.</param>
internal sealed record EvictedState(string RunId, string SupersededBy, DateTimeOffset At);

/// <summary>A run that holds a slot and has called, itself or through others, a run that waits for one.</summary>
/// <param name="Caller">The run that holds the slot.</param>
/// <param name="Waiter">The run that waits.</param>
internal sealed record CallerState(string Caller, string Waiter);

/// <summary>What holds for one key of a gate that serves several, where code computes it.</summary>
/// <param name="MaxRuns">How many of its runs may hold slots, 1 to 1000.</param>
/// <param name="At">When the run was accepted that said so, UTC.</param>
/// <param name="Weight">How many turns it has where others have one, 1 to 100.</param>
internal sealed record KeyLimit(
    int MaxRuns, DateTimeOffset At, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Weight = null);

/// <summary>A run that a gate without slots has let start.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Token">Its fencing token.</param>
/// <param name="ToldBy">The run that was asked to tell it; null where the answer to its own question said so.</param>
internal sealed record StartedState(
    string RunId, long Token, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ToldBy = null);

/// <summary>What a debounce remembers while a run waits; see <see cref="DebounceRules"/>.</summary>
/// <param name="FirstAt">When the first run came that the others have superseded, UTC.</param>
/// <param name="DueAt">When the newest starts if no other comes, UTC.</param>
internal sealed record DebounceState(DateTimeOffset FirstAt, DateTimeOffset DueAt);

/// <summary>What a gate remembers. Its size does not grow with the runs that have passed.</summary>
internal sealed record GateState
{
    /// <summary>Runs that were struck off and are told again.</summary>
    public const int MaxEvicted = 32;

    /// <summary>Runs that have left and are still known, so that a repeated message of them does not count as a new run.</summary>
    public const int MaxLeft = 32;

    /// <summary>The concurrency key as text; of a gate that serves all keys, empty.</summary>
    public string Key { get; init; } = "";

    /// <summary>The rule that stands; null before the first run.</summary>
    public ConcurrencyRule? Rule { get; init; }

    /// <summary>When the run was accepted whose rule it is, UTC; see <see cref="StandingRule"/>.</summary>
    public DateTimeOffset RuleAt { get; init; }

    /// <summary>The limits that were changed at run time, if they ever were; see <see cref="LimitRules"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GateLimits? Limits { get; init; }

    /// <summary>With limits that were changed: the rule as runs have brought it. <see cref="Rule"/> is what holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConcurrencyRule? Code { get; init; }

    /// <summary>The number of the change whose limits it has; 0 before the first.</summary>
    [JsonIgnore]
    public long LimitNumber => Limits?.Number ?? 0;

    /// <summary>Of RoundRobin, where code computes the maximum or the weight: those of each key that has runs here.</summary>
    public ImmutableDictionary<string, KeyLimit> KeyLimits { get; init; } = ImmutableDictionary<string, KeyLimit>.Empty;

    /// <summary>The fencing token of the latest admission; 0 before the first.</summary>
    public long LastToken { get; init; }

    /// <summary>Admitted runs, in the order of admission.</summary>
    public ImmutableArray<HolderState> Holders { get; init; } = [];

    /// <summary>Runs that wait for a slot, in the order in which they get one; with RoundRobin within their key.</summary>
    public ImmutableArray<WaiterState> Waiters { get; init; } = [];

    /// <summary>
    /// Of CancelInProgress: the newest runs that have ever entered, oldest first, <c>MaxRuns</c> at most. Any run that is older
    /// than all of them is superseded, however late its message comes.
    /// </summary>
    public ImmutableArray<RunAge> Newest { get; init; } = [];

    /// <summary>Of the other strategies: the latest runs that have left, by <see cref="MarkOf"/>. The state is read and written whole each time.</summary>
    public ImmutableArray<string> Left { get; init; } = [];

    /// <summary>
    /// Of RoundRobin: when each key that has runs here last had its turn; twice the fencing token of its latest slot, and for one that has had none
    /// an odd number, just less than that of the latest slot of all when it came.
    /// </summary>
    public ImmutableDictionary<string, long> Served { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Of RoundRobin with weights: how many turns a key has had in a row that may have more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableDictionary<string, int>? TurnsTaken { get; init; }

    /// <summary>
    /// Of <see cref="Handover.Immediate"/>: the latest runs that were struck off and have not left. Whoever asks next is told to stop them again:
    /// the answer that said so first may be lost.
    /// </summary>
    public ImmutableArray<EvictedState> Evicted { get; init; } = [];

    /// <summary>Holders that wait for runs that wait here; see <see cref="SelfWait"/>.</summary>
    public ImmutableArray<CallerState> Callers { get; init; } = [];

    /// <summary>Of a gate without slots, a throttle or a debounce: the latest runs that it has let start; see <see cref="StartLog"/>. Null of others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<StartedState>? Started { get; init; }

    /// <summary>
    /// Of a throttle: until when the starts so far have used the rate up, if each took an equal part of it, UTC; see <see cref="ThrottleRules"/>. Null of
    /// others.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Spent { get; init; }

    /// <summary>Of a gate that waits until its key is quiet, while a run waits; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DebounceState? Debounce { get; init; }

    /// <summary>The slots that the gate has taken back from runs that had ended without leaving.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Healed { get; init; }

    /// <summary>When somebody was last told to look whether the runs here still live.</summary>
    public DateTimeOffset CheckedAt { get; init; }

    /// <summary>What stands for a run among those that have left: 80 bits of its id's SHA-256, in 16 characters.</summary>
    /// <param name="runId">The run.</param>
    public static string MarkOf(string runId) => RunId.HashKey(runId)[..16];
}
