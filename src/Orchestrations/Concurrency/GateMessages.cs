using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>A run asks to be admitted, or asks again.</summary>
/// <param name="Age">The run.</param>
/// <param name="Gate">The rule as the run knows it.</param>
/// <param name="Priority">The higher, the sooner, among those who wait.</param>
/// <param name="Returns">Whether it was admitted before, and the gate may have forgotten it: it is let in line however many wait.</param>
internal sealed record EnterRequest(RunAge Age, RunGate Gate, int Priority, bool Returns = false)
{
    /// <summary>The runs with gates that wait for this one, as gates know them, the nearest last: the run that called it, and that one's callers.</summary>
    public ImmutableArray<string> Callers { get; init; } = [];

    /// <summary>The run's workflow, where workflows share the gate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Workflow { get; init; }
}

/// <summary>Runs have ended, or wait no longer.</summary>
/// <param name="RunIds">The runs.</param>
/// <param name="By">The run that asks, and tells those who are admitted.</param>
/// <param name="Returns">Whether they step out only to enter again: then the gate does not take them for an echo.</param>
/// <param name="AreDead">Whether others have found that they ended without leaving: slots that they held are counted as healed.</param>
internal sealed record LeaveRequest(
    ImmutableArray<string> RunIds,
    string By,
    bool Returns = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool AreDead = false);

/// <summary>What a gate says to a run that asks to be admitted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateVerdict>))]
internal enum GateVerdict
{
    /// <summary>It holds a slot, with a fencing token.</summary>
    Admitted,

    /// <summary>It is in line; the run that frees a slot tells it.</summary>
    Wait,

    /// <summary>A newer run has taken its place: it never starts, and the gate does not know it.</summary>
    Superseded,

    /// <summary>
    /// All slots are taken, and nobody waits here: it never starts, and the gate does not know it. When the reply has suspects the
    /// asker is to look at them, and to ask again.
    /// </summary>
    Full,

    /// <summary>
    /// Too many wait already: it never starts, and the gate does not know it. When the reply has suspects the asker is to look at them, and to ask
    /// again: all that wait may be dead, and then nobody else would look.
    /// </summary>
    QueueFull,

    /// <summary>A run that waits for it is in its way, and would stay there: it never starts, and the gate does not know it.</summary>
    WaitsForItself,

    /// <summary>It has been here and has left: the request is an echo.</summary>
    Gone,
}

/// <summary>A run that is to be told to stop, because a newer one takes its place.</summary>
/// <param name="RunId">The run to stop.</param>
/// <param name="SupersededBy">The newer run.</param>
/// <param name="HasLeft">Whether the gate has already struck it off. One that was admitted says when it has heard, with a <c>Release</c>.</param>
internal sealed record GateStop(string RunId, string SupersededBy, bool HasLeft);

/// <summary>A run that waited and now holds a slot.</summary>
/// <param name="RunId">The run to tell.</param>
/// <param name="Token">Its fencing token.</param>
/// <param name="OthersWait">Whether somebody is likely to wait for its slot when it leaves.</param>
/// <param name="AsksAgain">Whether it has no slot, and is to ask again: its time to start comes sooner than it was told.</param>
internal sealed record GateAdmission(
    string RunId, long Token, bool OthersWait, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool AsksAgain = false);

/// <summary>A gate's reply, and which runs the asking run must tell what.</summary>
/// <param name="Verdict">What becomes of the asker.</param>
internal sealed record GateReply(GateVerdict Verdict)
{
    /// <summary>The asker's fencing token, when it is admitted.</summary>
    public long Token { get; init; }

    /// <summary>How many runs of its key may hold slots, when all of these are taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MaxRuns { get; init; }

    /// <summary>Whether the asker is turned away because the rule, or its key, is paused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsPaused { get; init; }

    /// <summary>How long a run that waits for its time to start is to wait before it asks again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Pause { get; init; }

    /// <summary>When the next could start, by the gate's clock, UTC, if the asker is turned away because too many were started.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>How many runs stand before it in the line, of all keys, when it waits. The more, the longer it waits before it asks again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Ahead { get; init; }

    /// <summary>The newer run, when the asker is superseded.</summary>
    public string? SupersededBy { get; init; }

    /// <summary>The caller that is in its way, when the asker would wait for itself.</summary>
    public string? Caller { get; init; }

    /// <summary>Whether the asker is turned away because it has been here before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasBeenHere { get; init; }

    /// <summary>Runs to tell to stop.</summary>
    public ImmutableArray<GateStop> Stops { get; init; } = [];

    /// <summary>Runs to tell that they are admitted; never the asker.</summary>
    public ImmutableArray<GateAdmission> Admissions { get; init; } = [];

    /// <summary>Runs to look at: those that have ended without leaving are to be struck off.</summary>
    public ImmutableArray<string> Suspects { get; init; } = [];
}
