using System.Collections.Immutable;
using System.Text.Json;

namespace Preempt;

/// <summary>A workflow that an app can run: how it is named, limited and stopped.</summary>
public sealed record WorkflowDefinition
{
    /// <summary>The name that callers use, such as <c>chat-reply</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the definition; versions have gates of their own.</summary>
    public required string Version { get; init; }

    /// <summary>Whether it is there to try things out and can be switched off.</summary>
    public required bool IsLab { get; init; }

    /// <summary>The longest that its code may run.</summary>
    public required Duration Timeout { get; init; }

    /// <summary>The longest that a run may wait for its gates.</summary>
    public required Duration ScheduleTimeout { get; init; }

    /// <summary>How long a run may take to stop when a stop request does not say.</summary>
    public required Duration Grace { get; init; }

    /// <summary>Its concurrency rules, entered in this order.</summary>
    public required ImmutableArray<ConcurrencyRule> Rules { get; init; }

    /// <summary>Its concurrency rules around steps.</summary>
    public ImmutableArray<StepRule> StepRules { get; init; } = [];

    /// <summary>The events that start a run, its input their payload; as in "event file-uploaded where kind = 'csv'".</summary>
    public ImmutableArray<string> StartsOn { get; init; } = [];

    /// <summary>The JSON schema of its input; null where an orchestrator's code takes the place of a workflow's.</summary>
    public JsonElement? InputSchema { get; init; }

    /// <summary>An input that it may be started with.</summary>
    public JsonElement? InputExample { get; init; }
}

/// <summary>A concurrency rule around one step of a workflow.</summary>
/// <param name="Step">The step's class.</param>
/// <param name="Rule">How many steps of it there may be at one time for each key, and what to do with one more.</param>
public sealed record StepRule(string Step, ConcurrencyRule Rule);
