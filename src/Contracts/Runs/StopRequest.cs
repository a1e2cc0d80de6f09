using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>A request that a run stop.</summary>
public sealed record StopRequest
{
    /// <summary>The most characters of <see cref="Message"/> that a run keeps.</summary>
    public const int MaxMessageLength = 200;

    /// <summary>The most characters of <see cref="By"/> that a run keeps.</summary>
    public const int MaxByLength = 50;

    /// <summary>The longest time that a stopping run can be given.</summary>
    public static readonly TimeSpan LongestGrace = TimeSpan.FromDays(1);

    /// <summary>The reason.</summary>
    public required StopReason Reason { get; init; }

    /// <summary>When the stop was requested, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>How long the run may take to stop, from when it gets the request; null for the workflow's grace.</summary>
    public Duration? Grace { get; init; }

    /// <summary>An explanation, for people who look at the run later.</summary>
    public string? Message { get; init; }

    /// <summary>Whether a run whose code has begun is left alone.</summary>
    public bool QueuedOnly { get; init; }

    /// <summary>Who requested the stop.</summary>
    public string? By { get; init; }

    /// <summary>The newer run, if the reason is <see cref="StopReason.Superseded"/>.</summary>
    public string? SupersededBy { get; init; }

    /// <summary>If the run was turned away because too many were started: when the next could start, UTC.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? RetryAt { get; init; }
}
