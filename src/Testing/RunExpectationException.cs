namespace Preempt.Testing;

/// <summary>Thrown where a run is not what a test expects. The message tells the run's story.</summary>
public sealed class RunExpectationException : Exception
{
    /// <summary>Makes one.</summary>
    public RunExpectationException()
        : base("The run is not as expected.")
    {
    }

    /// <summary>Makes one with a message.</summary>
    /// <param name="message">What was expected, and what is.</param>
    public RunExpectationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    /// <param name="message">What was expected, and what is.</param>
    /// <param name="innerException">The cause.</param>
    public RunExpectationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
