namespace Preempt;

/// <summary>Options of a step's call.</summary>
public sealed record StepOptions
{
    /// <summary>
    /// The longest that one attempt may take, by the worker's clock. Its token fires then, reason <see cref="StopReason.Timeout"/>;
    /// an attempt that stops because of it has failed.
    /// </summary>
    public Duration Timeout { get; init; } = Duration.Never;

    /// <summary>The retry policy, for a step whose code throws. By default there are no retries.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.None;
}

/// <summary>
/// How many attempts a step has, and how long the pauses are. The n-th pause is <c>FirstDelay * Backoff^(n-1)</c>, at most
/// <c>MaxDelay</c>. Nothing is retried after a stop request.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>The most attempts that a policy can allow.</summary>
    public const int LargestMaxAttempts = 100;

    /// <summary>A policy of one attempt.</summary>
    public static readonly RetryPolicy None = new() { MaxAttempts = 1 };

    private readonly int _maxAttempts = 3;
    private readonly double _backoff = 2;

    /// <summary>Attempts in all, 1 to 100; 3 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int MaxAttempts
    {
        get => _maxAttempts;
        init => _maxAttempts = value is >= 1 and <= LargestMaxAttempts
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), $"MaxAttempts {value}: 1 to {LargestMaxAttempts} is allowed.");
    }

    /// <summary>The pause after the first attempt; 1 second by default.</summary>
    public Duration FirstDelay { get; init; } = Duration.FromSeconds(1);

    /// <summary>The factor from one pause to the next, 1 or more; 2 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1, or not a number.</exception>
    public double Backoff
    {
        get => _backoff;
        init => _backoff = value is >= 1 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), $"Backoff {value}: 1 or more is allowed.");
    }

    /// <summary>The longest pause; 5 minutes by default.</summary>
    public Duration MaxDelay { get; init; } = Duration.FromSeconds(300);

    /// <summary>The pause after a failed attempt; null when there is no further one.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <returns>How long to wait.</returns>
    public TimeSpan? DelayAfter(int attempt)
    {
        if (attempt >= MaxAttempts)
            return null;
        double most = MaxDelay.IsNever ? TimeSpan.FromDays(3650).TotalSeconds : MaxDelay.Value.TotalSeconds;
        double delay = FirstDelay.IsNever ? most : FirstDelay.Value.TotalSeconds * Math.Pow(Backoff, attempt - 1);
        return TimeSpan.FromSeconds(Math.Min(delay, most));
    }
}
