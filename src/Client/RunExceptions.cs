using System.Net;

namespace Preempt.Client;

/// <summary>What a caller asked for cannot be done as asked. What fails below HTTP is an <see cref="HttpRequestException"/>.</summary>
public abstract class RunException : Exception
{
    private protected RunException(string message, HttpStatusCode status, Problem? problem)
        : base(message)
    {
        Status = status;
        Problem = problem;
    }

    /// <summary>The HTTP status of the answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The problem as the app tells it; null when it did not.</summary>
    public Problem? Problem { get; }
}

/// <summary>A value that the caller gave is not allowed; the message says which, and what is.</summary>
public sealed class InvalidRunException : RunException
{
    internal InvalidRunException(string message, HttpStatusCode status = HttpStatusCode.BadRequest, Problem? problem = null)
        : base(message, status, problem)
    {
    }
}

/// <summary>There is no workflow of that name.</summary>
public sealed class UnknownWorkflowException : RunException
{
    internal UnknownWorkflowException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }
}

/// <summary>There is no run of that id.</summary>
public sealed class UnknownRunException : RunException
{
    internal UnknownRunException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }
}

/// <summary>There is no operation of that id.</summary>
public sealed class UnknownOperationException : RunException
{
    internal UnknownOperationException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }
}

/// <summary>The run is in a state in which this cannot be done.</summary>
public sealed class RunConflictException : RunException
{
    internal RunConflictException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }

    /// <summary>The run as it is; null when the conflict is about none.</summary>
    public Run? Run => Problem?.Run;
}

/// <summary>The app asks for a key, and none was given or another one.</summary>
public sealed class AccessDeniedException : RunException
{
    internal AccessDeniedException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }
}

/// <summary>The app does not take this call now: it has too much to do, or see <see cref="AppDrainingException"/>.</summary>
public class AppUnavailableException : RunException
{
    internal AppUnavailableException(string message, HttpStatusCode status, Problem? problem, TimeSpan? retryAfter)
        : base(message, status, problem) => RetryAfter = retryAfter;

    /// <summary>When the app says to ask again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>The app drains and takes no new runs.</summary>
public sealed class AppDrainingException : AppUnavailableException
{
    internal AppDrainingException(string message, HttpStatusCode status, Problem? problem, TimeSpan? retryAfter)
        : base(message, status, problem, retryAfter)
    {
    }
}

/// <summary>The answer is not one that a Preempt app gives: the address is another server's, or the app failed.</summary>
public sealed class UnexpectedAnswerException : RunException
{
    internal UnexpectedAnswerException(string message, HttpStatusCode status, Problem? problem = null)
        : base(message, status, problem)
    {
    }
}
