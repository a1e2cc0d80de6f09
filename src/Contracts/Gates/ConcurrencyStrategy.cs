using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>What happens to a newcomer when all slots of its concurrency key are taken.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConcurrencyStrategy>))]
public enum ConcurrencyStrategy
{
    /// <summary>Read by an older client from a newer app: a strategy that the client does not know.</summary>
    Unknown = -1,

    /// <summary>
    /// The newest wins: the oldest run of the key is stopped, reason <see cref="StopReason.Superseded"/>, and the newcomer gets
    /// its slot. A run that is older than the <c>maxRuns</c> newest ones of its key never starts, whatever order they arrive in.
    /// </summary>
    CancelInProgress,

    /// <summary>The newcomer ends at once: Cancelled, reason <see cref="StopReason.GateFull"/>.</summary>
    CancelNewest,

    /// <summary>
    /// The newcomer waits: the highest priority first, and within a priority the oldest. Beyond <c>maxQueued</c> waiting runs it
    /// is Rejected.
    /// </summary>
    Queue,

    /// <summary>
    /// As <see cref="Queue"/>, with a limit over all keys of the workflow, and slots handed to the keys in turn, so that a key with
    /// many runs does not hold up one with few.
    /// </summary>
    RoundRobin,
}

/// <summary>When a newcomer gets the slot of the run that it supersedes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Handover>))]
public enum Handover
{
    /// <summary>Read by an older client from a newer app: a handover that the client does not know.</summary>
    Unknown = -1,

    /// <summary>
    /// When the superseded run has ended, at the latest when its grace is over: there are never more than <c>maxRuns</c>.
    /// </summary>
    AfterStop,

    /// <summary>At once: the two overlap while the superseded run stops.</summary>
    Immediate,
}
