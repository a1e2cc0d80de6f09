namespace Preempt.Testing;

/// <summary>Thrown where a test waits for a call and the host crashes before it returns.</summary>
public sealed class HostCrashedException : Exception
{
    /// <summary>Makes one.</summary>
    public HostCrashedException()
        : base("The host crashed before the call returned.")
    {
    }

    /// <summary>Makes one with a message.</summary>
    /// <param name="message">What happened.</param>
    public HostCrashedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">The cause.</param>
    public HostCrashedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
