using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Preempt.Client.Json;

namespace Preempt.Client;

/// <summary>A workflow that the app can run. No end is <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>.</summary>
/// <param name="Name">The name that callers use, such as <c>chat-reply</c>.</param>
/// <param name="Version">The version of the definition; versions have gates of their own.</param>
/// <param name="IsLab">Whether it is there to try things out.</param>
/// <param name="Timeout">The longest that its code may run.</param>
/// <param name="ScheduleTimeout">The longest that a run may wait for its gates.</param>
/// <param name="Grace">How long a run may take to stop when a stop request does not say.</param>
/// <param name="Rules">Its concurrency rules, entered in this order.</param>
public sealed record WorkflowDefinition(
    string Name,
    string Version,
    bool IsLab,
    TimeSpan Timeout,
    TimeSpan ScheduleTimeout,
    TimeSpan Grace,
    ImmutableArray<ConcurrencyRule> Rules);

/// <summary>How many runs of a workflow there may be at one time for each key, and what happens to one more.</summary>
/// <param name="Key">A template such as <c>{input.userId}</c>, or <c>(code)</c> for a key that code computes.</param>
/// <param name="MaxRuns">Runs that one key may have at one time.</param>
/// <param name="Strategy">What happens when there are as many.</param>
/// <param name="Handover">When a newcomer gets the slot of the run that it supersedes; of CancelInProgress.</param>
/// <param name="MaxQueued">Runs that may wait at one gate; of Queue and RoundRobin.</param>
/// <param name="MaxTotal">Runs that all keys together may have at one time; of RoundRobin.</param>
public sealed record ConcurrencyRule(
    string Key, int MaxRuns, ConcurrencyStrategy Strategy, Handover Handover, int MaxQueued, int MaxTotal);

/// <summary>When a newcomer gets the slot of the run that it supersedes.</summary>
[JsonConverter(typeof(TolerantEnumConverter<Handover>))]
public enum Handover
{
    /// <summary>A handover that this client does not know: the app is newer.</summary>
    Unknown,

    /// <summary>When the superseded run has ended, at the latest when its grace is over.</summary>
    AfterStop,

    /// <summary>At once: the two overlap while the superseded run stops.</summary>
    Immediate,
}
