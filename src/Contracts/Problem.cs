using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>The error of a call (RFC 9457).</summary>
public sealed record Problem
{
    /// <summary>The type of the problem, such as <c>urn:preempt:conflict</c>. It does not change.</summary>
    public string? Type { get; init; }

    /// <summary>The type in words.</summary>
    public string? Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>What is wrong in this case, in words.</summary>
    public string? Detail { get; init; }

    /// <summary>The run as it is now, if its state is the cause.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Run? Run { get; init; }
}
