namespace Preempt;

/// <summary>Thrown where a workflow calls a step whose code threw.</summary>
public sealed class StepFailedException : Exception
{
    /// <summary>Makes one for a step and what its code threw.</summary>
    /// <param name="step">The step's name.</param>
    /// <param name="error">What its code threw.</param>
    public StepFailedException(string step, RunError error)
        : base($"Step '{step}' failed: {error.Message}")
    {
        Step = step;
        Error = error;
    }

    internal StepFailedException(string step, RunError error, bool isTimeout)
        : this(step, error) => IsTimeout = isTimeout;

    /// <summary>Makes one that names no step.</summary>
    public StepFailedException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    /// <param name="message">What went wrong.</param>
    public StepFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public StepFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The step's name.</summary>
    public string? Step { get; }

    /// <summary>What its code threw.</summary>
    public RunError? Error { get; }

    /// <summary>Whether it was over its own timeout, the last time that it was tried. Code that lets this out ends the run as timed out.</summary>
    public bool IsTimeout { get; }
}

/// <summary>
/// Thrown where a workflow calls a step that was stopped alone, not with its run: a concurrency rule of the step's gave its place to
/// a newer one, or had none for it. Code that lets it out ends the run as cancelled.
/// </summary>
#pragma warning disable CA1032 // Always about a step and a stop.
public sealed class StepStoppedException : OperationCanceledException
#pragma warning restore CA1032
{
    internal StepStoppedException(string step, StopRequest stop)
        : base($"Step '{step}' was told to stop: {stop.Reason}. {stop.Message}".TrimEnd())
    {
        Step = step;
        Stop = stop;
    }

    /// <summary>The step's name.</summary>
    public string Step { get; }

    /// <summary>Why it was stopped, and by whom.</summary>
    public StopRequest Stop { get; }
}
