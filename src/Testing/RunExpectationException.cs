namespace Preempt.Testing;

/// <summary>Thrown if a run is not what a test expects. The message is the run's story.</summary>
public sealed class RunExpectationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RunExpectationException()
        : base("The run is not as expected.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What was expected, and what happened.</param>
    public RunExpectationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What was expected, and what happened.</param>
    /// <param name="innerException">The cause.</param>
    public RunExpectationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
