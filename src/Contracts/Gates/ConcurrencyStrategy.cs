using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>What happens to a new run when all slots of its concurrency key are taken.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConcurrencyStrategy>))]
public enum ConcurrencyStrategy
{
    /// <summary>Read by an older client from a newer app: a strategy that the client does not know.</summary>
    Unknown = -1,

    /// <summary>
    /// The newest wins: the oldest run of the key is stopped, reason <see cref="StopReason.Superseded"/>, and the new run gets
    /// its slot. A run that is older than the <c>maxRuns</c> newest ones of its key never starts, whatever order they arrive in.
    /// </summary>
    CancelInProgress,

    /// <summary>The new run ends at once: Cancelled, reason <see cref="StopReason.GateFull"/>.</summary>
    CancelNewest,

    /// <summary>
    /// The new run waits. The waiting run with the highest priority goes first, and within a priority the oldest. If <c>maxQueued</c>
    /// runs wait already, the new run is Rejected.
    /// </summary>
    Queue,

    /// <summary>
    /// As <see cref="Queue"/>, with a limit over all keys of the workflow. The keys get slots in turn, so that a key with
    /// many runs does not delay a key with few.
    /// </summary>
    RoundRobin,
}

/// <summary>When a new run gets the slot of the run that it supersedes.</summary>
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
