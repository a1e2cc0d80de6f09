using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>Options of a cancel.</summary>
/// <param name="Message">The reason, in words; up to 200 characters are kept.</param>
/// <param name="Grace">How long the run may take to stop, 24 hours at most. The default is the workflow's grace.</param>
/// <param name="QueuedOnly">Whether a run whose code has begun is left alone.</param>
/// <param name="Delete">Whether the run is deleted once it has ended.</param>
public record CancelOptions(
    [property: JsonPropertyName("reason")] string? Message = null,
    Duration? Grace = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool QueuedOnly = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Delete = false);
