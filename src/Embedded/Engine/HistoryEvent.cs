using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Preempt.Embedded.Engine;

/// <summary>
/// One entry of an orchestration's history: what its code decided, or what arrived for it. Replaying the entries in order
/// rebuilds the code's state. Payloads are JSON.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "$")]
[JsonDerivedType(typeof(TurnStarted), "turn")]
[JsonDerivedType(typeof(TaskScheduled), "task")]
[JsonDerivedType(typeof(TimerCreated), "timer")]
[JsonDerivedType(typeof(ChildStarted), "child")]
[JsonDerivedType(typeof(EventSent), "send")]
[JsonDerivedType(typeof(EntityCalled), "call")]
[JsonDerivedType(typeof(EntitySignaled), "signal")]
[JsonDerivedType(typeof(TaskCompleted), "taskDone")]
[JsonDerivedType(typeof(TaskFailed), "taskFailed")]
[JsonDerivedType(typeof(TimerFired), "timerFired")]
[JsonDerivedType(typeof(EventRaised), "event")]
[JsonDerivedType(typeof(Suspended), "suspended")]
[JsonDerivedType(typeof(Resumed), "resumed")]
[JsonDerivedType(typeof(Terminated), "terminated")]
internal abstract record HistoryEvent;

/// <summary>A turn of the orchestrator began; <c>CurrentUtcDateTime</c> is this until the next turn.</summary>
internal sealed record TurnStarted(DateTime At) : HistoryEvent;

/// <summary>Something the code decided. Ids count up from 0 in the order of decision.</summary>
internal abstract record Decision(int Id) : HistoryEvent;

internal sealed record TaskScheduled(int Id, string Name, string? Input) : Decision(Id);

internal sealed record TimerCreated(int Id, DateTime DueAt) : Decision(Id);

internal sealed record ChildStarted(int Id, string Name, string InstanceId, string? Input, string? Version) : Decision(Id);

internal sealed record EventSent(int Id, string Target, string Name, string? Payload) : Decision(Id);

/// <param name="RequestId">The name of the event that answers it.</param>
internal sealed record EntityCalled(int Id, string Entity, string Operation, string? Input, string RequestId) : Decision(Id);

internal sealed record EntitySignaled(int Id, string Entity, string Operation, string? Input, DateTimeOffset? NotBefore) : Decision(Id);

/// <summary>The activity, sub-orchestration or entity operation of that id returned.</summary>
internal sealed record TaskCompleted(int Id, string? Result) : HistoryEvent;

/// <summary>The activity, sub-orchestration or entity operation of that id failed.</summary>
internal sealed record TaskFailed(int Id, TaskFailureDetails Failure) : HistoryEvent;

internal sealed record TimerFired(int Id) : HistoryEvent;

internal sealed record EventRaised(string Name, string? Payload) : HistoryEvent;

internal sealed record Suspended(string? Reason) : HistoryEvent;

internal sealed record Resumed(string? Reason) : HistoryEvent;

internal sealed record Terminated(string? Output, bool Recursive) : HistoryEvent;
