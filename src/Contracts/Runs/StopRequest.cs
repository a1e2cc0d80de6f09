namespace Preempt;

/// <summary>The wish that a run ends.</summary>
public sealed record StopRequest
{
    /// <summary>The most characters of <see cref="Message"/> that a run keeps.</summary>
    public const int MaxMessageLength = 200;

    /// <summary>The most characters of <see cref="By"/> that a run keeps.</summary>
    public const int MaxByLength = 50;

    /// <summary>The longest time that a stopping run can be given.</summary>
    public static readonly TimeSpan LongestGrace = TimeSpan.FromDays(1);

    /// <summary>Why.</summary>
    public required StopReason Reason { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>How long the run may take to stop, from when it hears of it; null for the workflow's own grace.</summary>
    public Duration? Grace { get; init; }

    /// <summary>In words, for whoever looks at the run later.</summary>
    public string? Message { get; init; }

    /// <summary>Whether a run whose code has begun is left alone.</summary>
    public bool QueuedOnly { get; init; }

    /// <summary>Who asked.</summary>
    public string? By { get; init; }

    /// <summary>The run that takes this one's place, when the reason is <see cref="StopReason.Superseded"/>.</summary>
    public string? SupersededBy { get; init; }
}
