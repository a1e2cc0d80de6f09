using System.Text.Json;

namespace Preempt;

/// <summary>The output of a run's orchestration: its final record, and what its code returned or threw.</summary>
internal sealed record RunOutcome
{
    /// <summary>Of a run that begins anew: nobody reads it.</summary>
    public static readonly RunOutcome None = new() { Record = new RunRecord() };

    /// <summary>The record, in a terminal status.</summary>
    public required RunRecord Record { get; init; }

    /// <summary>What the workflow's code returned, as JSON.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>What the workflow's code threw.</summary>
    public RunError? Error { get; init; }
}
