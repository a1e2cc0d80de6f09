namespace Preempt;

/// <summary>What a start may say beside the input.</summary>
public sealed record StartOptions
{
    /// <summary>The highest <see cref="Priority"/>, and below zero the lowest.</summary>
    public const int MaxPriority = 1000;

    /// <summary>The most entries of <see cref="Metadata"/>.</summary>
    public const int MaxMetadata = 32;

    /// <summary>The most characters of a name of <see cref="Metadata"/>.</summary>
    public const int MaxMetadataNameLength = 64;

    /// <summary>The most characters of a value of <see cref="Metadata"/>.</summary>
    public const int MaxMetadataValueLength = 512;

    /// <summary>The concurrency key for the workflow's first rule, instead of the one it would compute; 512 characters at most.</summary>
    public string? Key { get; init; }

    /// <summary>What to attach to the run: 32 entries at most.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>A shorter execution timeout than the workflow's.</summary>
    public Duration? Timeout { get; init; }

    /// <summary>A shorter schedule timeout than the workflow's.</summary>
    public Duration? ScheduleTimeout { get; init; }

    /// <summary>Among runs that wait at a gate, the higher, the sooner: -1000 to 1000, 0 by default.</summary>
    public int Priority { get; init; }

    /// <summary>
    /// Whether the start is accepted, and waits, also while the app drains and refuses starts: for a caller that cannot come again.
    /// </summary>
    public bool WaitWhileDraining { get; init; }

    /// <summary>The run's id; made by default. 1 to 100 characters of letters, digits and <c>-_.:~</c>.</summary>
    public string? RunId { get; init; }
}

/// <summary>How a run is to be cancelled.</summary>
/// <param name="Message">Why, in words; kept up to 200 characters.</param>
/// <param name="Grace">How long it may take to stop, 24 hours at most; null for the workflow's own grace.</param>
/// <param name="By">Who asks; kept up to 50 characters.</param>
/// <param name="QueuedOnly">Whether a run whose code has begun is left alone.</param>
/// <param name="Delete">Whether the run is deleted once it has ended.</param>
public sealed record CancelOptions(
    string? Message = null, Duration? Grace = null, string? By = null, bool QueuedOnly = false, bool Delete = false);
