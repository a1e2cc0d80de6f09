using System.Text.Json;

namespace Preempt;

/// <summary>The body of a start over HTTP.</summary>
public record StartRequest : StartOptions
{
    /// <summary>A request with the defaults.</summary>
    public StartRequest()
    {
    }

    /// <summary>A request with these options.</summary>
    /// <param name="options">The options.</param>
    public StartRequest(StartOptions options)
        : base(options)
    {
    }

    /// <summary>The run's input. What is accepted depends on the workflow.</summary>
    public JsonElement? Input { get; init; }
}

/// <summary>The body of an extension.</summary>
public sealed record ExtendRequest
{
    /// <summary>How much more time; "never" removes the timeout.</summary>
    public required Duration By { get; init; }
}

/// <summary>The body of a replay: an empty object. Any member in it is refused.</summary>
public sealed record ReplayRequest;
