namespace Preempt.Testing;

/// <summary>Thrown if the host crashes before a call returns.</summary>
public sealed class HostCrashedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public HostCrashedException()
        : base("The host crashed before the call returned.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What happened.</param>
    public HostCrashedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">The cause.</param>
    public HostCrashedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
