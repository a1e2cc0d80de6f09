namespace Preempt;

/// <summary>Thrown by the call of a step whose code threw.</summary>
public sealed class StepFailedException : Exception
{
    /// <summary>Creates the exception for a step and the exception of its code.</summary>
    /// <param name="step">The step's name.</param>
    /// <param name="error">The exception of its code.</param>
    public StepFailedException(string step, RunError error)
        : base($"Step '{step}' failed: {error.Message}")
    {
        Step = step;
        Error = error;
    }

    internal StepFailedException(string step, RunError error, bool isTimeout)
        : this(step, error) => IsTimeout = isTimeout;

    /// <summary>Creates the exception without a step.</summary>
    public StepFailedException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What went wrong.</param>
    public StepFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public StepFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The step's name.</summary>
    public string? Step { get; }

    /// <summary>The exception of its code.</summary>
    public RunError? Error { get; }

    /// <summary>Whether its last attempt exceeded the step's own timeout. If the workflow does not catch the exception, the run then ends as TimedOut.</summary>
    public bool IsTimeout { get; }
}

/// <summary>
/// Thrown by the call of a step that was stopped without its run: a concurrency rule around the step gave its slot to
/// a newer step, or had none for it. If the workflow does not catch the exception, the run ends as Cancelled.
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

    /// <summary>Why it was stopped, and who requested it.</summary>
    public StopRequest Stop { get; }
}
