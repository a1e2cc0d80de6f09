using System.Text.Json.Serialization;

namespace Preempt.Conformance.App;

/// <summary>What an orchestration is to do, one step after the other.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(CallActivity), "call activity")]
[JsonDerivedType(typeof(CallFailingActivity), "call failing activity")]
[JsonDerivedType(typeof(OpenActivity), "open activity")]
[JsonDerivedType(typeof(OpenTimer), "open timer")]
[JsonDerivedType(typeof(Join), "join")]
[JsonDerivedType(typeof(CallInParallel), "call in parallel")]
[JsonDerivedType(typeof(WaitForTimer), "wait for timer")]
[JsonDerivedType(typeof(CancelTimer), "cancel timer")]
[JsonDerivedType(typeof(CallChild), "call child")]
[JsonDerivedType(typeof(AddToEntity), "add to entity")]
[JsonDerivedType(typeof(ReadEntity), "read entity")]
[JsonDerivedType(typeof(FailInEntity), "fail in entity")]
[JsonDerivedType(typeof(Pause), "pause")]
[JsonDerivedType(typeof(WaitForEvent), "wait for event")]
[JsonDerivedType(typeof(WaitInVain), "wait in vain")]
[JsonDerivedType(typeof(SendToItself), "send to itself")]
[JsonDerivedType(typeof(SetStatus), "set status")]
[JsonDerivedType(typeof(Fail), "fail")]
[JsonDerivedType(typeof(Continue), "continue as new")]
public abstract record Step;

/// <summary>Calls an activity that returns its input.</summary>
public sealed record CallActivity(string? Text) : Step;

/// <summary>Calls an activity that throws, so many times, and catches the failure.</summary>
public sealed record CallFailingActivity(string Message, int Attempts) : Step;

/// <summary>Starts an activity, and goes on.</summary>
public sealed record OpenActivity(string Text) : Step;

/// <summary>Sets a timer, and goes on.</summary>
public sealed record OpenTimer(int Milliseconds) : Step;

/// <summary>Waits for all that is open.</summary>
public sealed record Join : Step;

/// <summary>Calls several activities at once.</summary>
public sealed record CallInParallel(IReadOnlyList<string> Texts) : Step;

public sealed record WaitForTimer(int Milliseconds) : Step;

/// <summary>Sets a timer, and cancels it.</summary>
public sealed record CancelTimer : Step;

/// <summary>Plays steps in a sub-orchestration, and catches its failure.</summary>
public sealed record CallChild(IReadOnlyList<Step> Steps) : Step;

/// <summary>Has the orchestration's own entity keep a line: with an answer, or as a signal.</summary>
public sealed record AddToEntity(string Line, bool IsSignal) : Step;

public sealed record ReadEntity : Step;

/// <summary>Calls an operation that changes the state and then throws.</summary>
public sealed record FailInEntity : Step;

/// <summary>
/// Waits for these events at once; says so in the custom status; and then for the event that ends the pause. In the meantime the
/// test acts from outside.
/// </summary>
/// <param name="Number">The pause of the orchestration.</param>
/// <param name="Waiters">Names of the events that are awaited during the pause, the oldest waiter first.</param>
/// <param name="CancelsNewest">Whether another waiter for the last name is cancelled before.</param>
/// <param name="Acts">What the test does.</param>
public sealed record Pause(int Number, IReadOnlyList<string> Waiters, bool CancelsNewest, IReadOnlyList<Act> Acts) : Step
{
    [JsonIgnore]
    public string Status => $"pause {Number}";

    [JsonIgnore]
    public string End => $"end of pause {Number}";
}

/// <summary>Waits for an event that was raised before.</summary>
public sealed record WaitForEvent(string Name) : Step;

/// <summary>Waits, with a timeout, for an event that nobody raises.</summary>
public sealed record WaitInVain(int Milliseconds) : Step;

/// <summary>Sends an event to the orchestration itself, and waits for it.</summary>
public sealed record SendToItself(string Name, string Payload) : Step;

public sealed record SetStatus(string Text) : Step;

/// <summary>Throws.</summary>
public sealed record Fail(string Message) : Step;

/// <summary>Plays the further steps in a new execution.</summary>
public sealed record Continue : Step;

/// <summary>What a test does from outside while an orchestration pauses.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "act")]
[JsonDerivedType(typeof(Raise), "raise")]
[JsonDerivedType(typeof(Suspend), "suspend")]
[JsonDerivedType(typeof(Resume), "resume")]
[JsonDerivedType(typeof(Terminate), "terminate")]
public abstract record Act;

public sealed record Raise(string Name, string Payload) : Act;

/// <summary>Suspends the orchestration, and waits until it is.</summary>
public sealed record Suspend : Act;

public sealed record Resume : Act;

/// <summary>Terminates the orchestration; nothing follows.</summary>
public sealed record Terminate(string Reason) : Act;

/// <summary>The input of <c>PlayScript</c>.</summary>
/// <param name="Steps">What is still to be done.</param>
/// <param name="Trace">What has been seen in earlier executions.</param>
public sealed record Script(IReadOnlyList<Step> Steps, IReadOnlyList<string> Trace);
