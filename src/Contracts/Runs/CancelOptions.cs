using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>How a run is to be cancelled.</summary>
/// <param name="Message">Why, in words; kept up to 200 characters.</param>
/// <param name="Grace">How long the run may take to stop, 24 hours at most; the workflow's own grace by default.</param>
/// <param name="QueuedOnly">Whether a run whose code has begun is left alone.</param>
/// <param name="Delete">Whether the run is deleted once it has ended.</param>
public record CancelOptions(
    [property: JsonPropertyName("reason")] string? Message = null,
    Duration? Grace = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool QueuedOnly = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Delete = false);
