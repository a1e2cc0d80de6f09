using Microsoft.CodeAnalysis;

namespace Preempt.Analyzers;

/// <summary>What is looked for. docs/analyzers.md has a line for each.</summary>
internal static class Rules
{
    private const string Workflows = "Workflows";
    private const string Steps = "Steps";

    public static readonly DiagnosticDescriptor Clock = Error(
        "PREEMPT001", "A workflow reads a clock", "'{0}' differs in a replay: the run's time is RunContext.UtcNow");

    public static readonly DiagnosticDescriptor NewId = Error(
        "PREEMPT002", "A workflow makes an id that differs in a replay", "'{0}' differs in a replay: call RunContext.NewGuid");

    public static readonly DiagnosticDescriptor RandomNumber = Error(
        "PREEMPT003", "A workflow uses random numbers", "'{0}' differs in a replay: let a step decide, or derive the number from the run's id");

    public static readonly DiagnosticDescriptor OtherThread = Error(
        "PREEMPT004", "A workflow leaves its thread", "'{0}' leaves the run's thread, and the run hangs: do the work in a step");

    public static readonly DiagnosticDescriptor Delay = Error(
        "PREEMPT005", "A workflow waits on a timer that is not durable", "'{0}' is not durable: await RunContext.DelayAsync");

    public static readonly DiagnosticDescriptor ConfigureAwait = Error(
        "PREEMPT006",
        "A workflow does not return to its thread after an await",
        "'{0}' leaves the run's thread, and the run hangs: await the task as it is");

    public static readonly DiagnosticDescriptor CancelAsync = Error(
        "PREEMPT007", "A workflow cancels a token asynchronously", "'{0}' leaves the run's thread, and the run hangs: call Cancel");

    public static readonly DiagnosticDescriptor Blocking = Error(
        "PREEMPT008", "A workflow blocks its thread", "'{0}' blocks the run's thread: await it");

    public static readonly DiagnosticDescriptor InputOutput = Error(
        "PREEMPT009", "A workflow does I/O", "'{0}' runs again in every replay, perhaps with another result: do it in a step");

    public static readonly DiagnosticDescriptor StepToken = new(
        "PREEMPT010",
        "A step does not pass its token on",
        "'{0}' takes a token and gets none, so it goes on after a stop: pass StepContext.CancellationToken, or CancellationToken.None to let it go on",
        Steps,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor KeyTemplate = Error(
        "PREEMPT011", "A key template names a property that the input does not have", "The key template \"{0}\" names '{1}', and '{2}' has no such property{3}");

    public static readonly DiagnosticDescriptor Input = Error(
        "PREEMPT012",
        "A step or a workflow is called with an input of the wrong type",
        "'{0}' takes '{1}', and is called with '{2}'");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, Workflows, DiagnosticSeverity.Error, isEnabledByDefault: true);
}
