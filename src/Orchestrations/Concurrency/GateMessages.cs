using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>A run asks to be admitted.</summary>
/// <param name="Age">The run.</param>
/// <param name="Gate">The rule as the run knows it.</param>
public sealed record EnterRequest(RunAge Age, RunGate Gate);

/// <summary>A run has ended, or waits no longer.</summary>
/// <param name="RunId">The run.</param>
public sealed record LeaveRequest(string RunId);

/// <summary>What a gate says to a run that asks to be admitted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateVerdict>))]
public enum GateVerdict
{
    /// <summary>It holds a slot, with a fencing token.</summary>
    Admitted,

    /// <summary>It is in line; whoever makes room will tell it.</summary>
    Wait,

    /// <summary>A newer run has taken its place: it never starts, and the gate does not know it.</summary>
    Superseded,

    /// <summary>It has been here and has left: the request is an echo.</summary>
    Gone,
}

/// <summary>A run that is to be told to stop, because a newer one takes its place.</summary>
/// <param name="RunId">The run to stop.</param>
/// <param name="SupersededBy">The newer run.</param>
/// <param name="HasLeft">Whether the gate has already struck it off: it need not leave.</param>
public sealed record GateStop(string RunId, string SupersededBy, bool HasLeft);

/// <summary>A run that waited and now holds a slot.</summary>
/// <param name="RunId">The run to tell.</param>
/// <param name="Token">Its fencing token.</param>
public sealed record GateAdmission(string RunId, long Token);

/// <summary>A gate's answer, and whom the asker is to tell what.</summary>
/// <param name="Verdict">What becomes of the asker.</param>
/// <param name="Token">The asker's fencing token, when it is admitted.</param>
/// <param name="SupersededBy">The newer run, when the asker is superseded.</param>
/// <param name="Stops">Runs to tell to stop.</param>
/// <param name="Admissions">Runs to tell that they are admitted; never the asker.</param>
public sealed record GateReply(
    GateVerdict Verdict,
    long Token,
    string? SupersededBy,
    ImmutableArray<GateStop> Stops,
    ImmutableArray<GateAdmission> Admissions);
