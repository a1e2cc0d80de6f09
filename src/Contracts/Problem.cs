using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>What was wrong with a call, as RFC 9457 has it.</summary>
public sealed record Problem
{
    /// <summary>What kind of problem it is, such as <c>urn:preempt:conflict</c>; the same for as long as the kind exists.</summary>
    public string? Type { get; init; }

    /// <summary>The kind in words.</summary>
    public string? Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>This problem in words.</summary>
    public string? Detail { get; init; }

    /// <summary>The run as it is, where that is what stands in the way.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Run? Run { get; init; }
}
