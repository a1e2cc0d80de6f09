using System.Collections.Immutable;
using System.Text.Json;

namespace Preempt;

/// <summary>A workflow of an app: its name, limits and rules.</summary>
public sealed record WorkflowDefinition
{
    /// <summary>The name that callers use, such as <c>chat-reply</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the definition. Each version has gates of its own.</summary>
    public required string Version { get; init; }

    /// <summary>Whether it is a lab workflow, for trying things out, which can be switched off.</summary>
    public required bool IsLab { get; init; }

    /// <summary>The longest that its code may run.</summary>
    public required Duration Timeout { get; init; }

    /// <summary>The longest that a run may wait for its gates.</summary>
    public required Duration ScheduleTimeout { get; init; }

    /// <summary>How long a run may take to stop if the stop request does not say.</summary>
    public required Duration Grace { get; init; }

    /// <summary>Its concurrency rules, entered in this order.</summary>
    public required ImmutableArray<ConcurrencyRule> Rules { get; init; }

    /// <summary>Its concurrency rules around steps.</summary>
    public ImmutableArray<StepRule> StepRules { get; init; } = [];

    /// <summary>The events that start a run, such as "event file-uploaded where kind = 'csv'". The payload is the run's input.</summary>
    public ImmutableArray<string> StartsOn { get; init; } = [];

    /// <summary>The JSON schema of its input; null for a supervised orchestrator.</summary>
    public JsonElement? InputSchema { get; init; }

    /// <summary>An example of an input.</summary>
    public JsonElement? InputExample { get; init; }
}

/// <summary>A concurrency rule around one step of a workflow.</summary>
/// <param name="Step">The step's class.</param>
/// <param name="Rule">How many of these steps may run at one time for each key, and what happens to one more.</param>
public sealed record StepRule(string Step, ConcurrencyRule Rule);
