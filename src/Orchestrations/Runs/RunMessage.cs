using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>What can be said to a run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunMessageKind>))]
internal enum RunMessageKind
{
    /// <summary>Stop.</summary>
    Stop,

    /// <summary>A gate has admitted the run.</summary>
    Admitted,

    /// <summary>The run is to ask a gate again: its time to start comes sooner than it was told.</summary>
    Ask,

    /// <summary>The run is given more time.</summary>
    Extend,

    /// <summary>The app drains: a run that has not started waits.</summary>
    Hold,

    /// <summary>The app no longer drains.</summary>
    Release,

    /// <summary>Something has happened that the run's code, or its end condition, may wait for.</summary>
    Event,
}

/// <summary>
/// The one envelope of all messages to a run, raised as the event <see cref="EventName"/>: the engine hands events to the newest
/// waiter, so that a run has only one.
/// </summary>
internal sealed record RunMessage
{
    /// <summary>The event that carries every message to a run.</summary>
    public const string EventName = "preempt";

    /// <summary>What is said.</summary>
    public required RunMessageKind Kind { get; init; }

    /// <summary>
    /// Which of the runs that had this id is meant, see <see cref="HolderId.LifeOf"/>: a message may come when its run was deleted and the id given
    /// anew. Null for whichever there is.
    /// </summary>
    public string? Life { get; init; }

    /// <summary>
    /// Tells a message from others, where it must not count twice: one with an id is taken once, however often it comes.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    /// <summary>What must hold of the run when it hears the message; else the message is nothing to it. Null: nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunCondition? If { get; init; }

    /// <summary>The request, of <see cref="RunMessageKind.Stop"/>.</summary>
    public StopRequest? Stop { get; init; }

    /// <summary>How much more time, of <see cref="RunMessageKind.Extend"/>.</summary>
    public Duration? By { get; init; }

    /// <summary>The event's name, of <see cref="RunMessageKind.Event"/>.</summary>
    public string? Event { get; init; }

    /// <summary>The event's payload, of <see cref="RunMessageKind.Event"/>.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>The key of the gate that speaks.</summary>
    public string? Gate { get; init; }

    /// <summary>The number of the step that is meant, where it is not the run.</summary>
    public int? Step { get; init; }

    /// <summary>The fencing token, of <see cref="RunMessageKind.Admitted"/>.</summary>
    public long Token { get; init; }

    /// <summary>Whether somebody is likely to wait for the slot, of <see cref="RunMessageKind.Admitted"/>.</summary>
    public bool OthersWait { get; init; }

    /// <summary>Whether <see cref="Gate"/> has struck the run off already, so that it need not leave.</summary>
    public bool HasLeft { get; init; }

    internal static RunMessage ForEvent(string name, JsonElement? payload, string id) =>
        new() { Kind = RunMessageKind.Event, Event = name, Payload = payload, Id = id };

    internal static RunMessage ForStop(StopRequest stop) => new() { Kind = RunMessageKind.Stop, Stop = stop };

    internal static RunMessage ForAdmission(string gate, GateAdmission admission) => new()
    {
        Kind = admission.AsksAgain ? RunMessageKind.Ask : RunMessageKind.Admitted,
        Life = HolderId.Parse(admission.RunId).Life,
        Gate = gate,
        Step = HolderId.Parse(admission.RunId).Step,
        Token = admission.Token,
        OthersWait = admission.OthersWait,
    };

    internal static RunMessage ForSupersession(string gate, GateStop stop, DateTimeOffset now) => new()
    {
        Kind = RunMessageKind.Stop,
        Life = HolderId.Parse(stop.RunId).Life,
        Gate = gate,
        Step = HolderId.Parse(stop.RunId).Step,
        HasLeft = stop.HasLeft,
        Stop = new StopRequest
        {
            Reason = StopReason.Superseded,
            SupersededBy = HolderId.Parse(stop.SupersededBy).RunId,
            RequestedAt = now,
        },
    };
}
