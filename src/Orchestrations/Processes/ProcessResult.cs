namespace Preempt;

/// <summary>The result of a child process.</summary>
/// <param name="ExitCode">The exit code; 128 plus the signal's number if a signal ended it.</param>
/// <param name="Output">The end of its standard output, at most <see cref="ProcessOptions.MaxCaptured"/> characters.</param>
/// <param name="Error">The end of its standard error, of the same length.</param>
public sealed record ProcessResult(int ExitCode, string Output, string Error)
{
    private const int MaxQuoted = 500;

    /// <summary>Throws if the exit code is not 0.</summary>
    /// <exception cref="ProcessException">The exit code is not 0; the message has the end of the standard error.</exception>
    public void EnsureSuccess()
    {
        if (ExitCode != 0)
            throw new ProcessException($"The process ended with {ExitCode}: {Error[^Math.Min(Error.Length, MaxQuoted)..].Trim()}");
    }
}

/// <summary>A child process could not be started, or failed.</summary>
public sealed class ProcessException : Exception
{
    /// <summary>Says what went wrong.</summary>
    /// <param name="message">In words.</param>
    /// <param name="innerException">The cause.</param>
    public ProcessException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
