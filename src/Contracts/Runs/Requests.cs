using System.Text.Json;

namespace Preempt;

/// <summary>What a start says over HTTP.</summary>
public record StartRequest : StartOptions
{
    /// <summary>A request that says nothing but the defaults.</summary>
    public StartRequest()
    {
    }

    /// <summary>A request with these options.</summary>
    /// <param name="options">The options.</param>
    public StartRequest(StartOptions options)
        : base(options)
    {
    }

    /// <summary>What the run is given; what is accepted depends on the workflow.</summary>
    public JsonElement? Input { get; init; }
}

/// <summary>What an extension says.</summary>
public sealed record ExtendRequest
{
    /// <summary>How much more time; "never" takes the timeout away.</summary>
    public required Duration By { get; init; }
}

/// <summary>What a replay says: nothing yet. An empty object is accepted, and anything in it is not.</summary>
public sealed record ReplayRequest;
