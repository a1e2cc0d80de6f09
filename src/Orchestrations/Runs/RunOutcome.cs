using System.Text.Json;

namespace Preempt;

/// <summary>The output of a run's orchestration: its final record, and what its code returned or threw.</summary>
internal sealed record RunOutcome
{
    /// <summary>The record, in a terminal status.</summary>
    public required RunRecord Record { get; init; }

    /// <summary>What the workflow's code returned, as JSON.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>What the workflow's code threw.</summary>
    public RunError? Error { get; init; }
}

/// <summary>An exception as data.</summary>
/// <param name="Type">The full name of its type.</param>
/// <param name="Message">What it says, 2,000 characters at most.</param>
/// <param name="Step">The step that it came from, if it came from one.</param>
public sealed record RunError(string Type, string Message, string? Step = null)
{
    private const int MaxMessageLength = 2000;

    internal static RunError From(Exception exception) => exception is StepFailedException { Error: { } error } failed
        ? error with { Step = failed.Step }
        : new(exception.GetType().FullName!, Excerpt.Shorten(exception.Message, MaxMessageLength));
}
