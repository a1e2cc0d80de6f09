using System.Net;

namespace Preempt.Client;

/// <summary>A call failed. A failure below HTTP is an <see cref="HttpRequestException"/>.</summary>
public abstract class RunException : Exception
{
    private protected RunException(string message, HttpStatusCode status, Problem? problem)
        : base(message)
    {
        Status = status;
        Problem = problem;
    }

    /// <summary>The HTTP status of the response.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The problem that the app sent; null if it sent none.</summary>
    public Problem? Problem { get; }
}

/// <summary>A value that the caller gave is not allowed. The message says which one, and what is allowed.</summary>
public sealed class InvalidRunException : RunException
{
    internal InvalidRunException(string message, HttpStatusCode status = HttpStatusCode.BadRequest, Problem? problem = null)
        : base(message, status, problem)
    {
    }
}

/// <summary>There is no workflow with that name.</summary>
public sealed class UnknownWorkflowException : RunException
{
    internal UnknownWorkflowException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }
}

/// <summary>The app has no rule with that name.</summary>
public sealed class UnknownRuleException : RunException
{
    internal UnknownRuleException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }
}

/// <summary>There is no run with that id.</summary>
public sealed class UnknownRunException : RunException
{
    internal UnknownRunException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }
}

/// <summary>There is no operation with that id.</summary>
public sealed class UnknownOperationException : RunException
{
    internal UnknownOperationException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }
}

/// <summary>The state of the run does not allow this.</summary>
public sealed class RunConflictException : RunException
{
    internal RunConflictException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }

    /// <summary>The run as it is now; null if the conflict concerns no run.</summary>
    public Run? Run => Problem?.Run;
}

/// <summary>The key is missing or wrong.</summary>
public sealed class AccessDeniedException : RunException
{
    internal AccessDeniedException(string message, HttpStatusCode status, Problem? problem)
        : base(message, status, problem)
    {
    }
}

/// <summary>The app does not accept this call now: it is too busy, or it drains (<see cref="AppDrainingException"/>).</summary>
public class AppUnavailableException : RunException
{
    internal AppUnavailableException(string message, HttpStatusCode status, Problem? problem, TimeSpan? retryAfter)
        : base(message, status, problem) => RetryAfter = retryAfter;

    /// <summary>How long the app asks to wait before a retry; null if it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>The app drains and accepts no new runs.</summary>
public sealed class AppDrainingException : AppUnavailableException
{
    internal AppDrainingException(string message, HttpStatusCode status, Problem? problem, TimeSpan? retryAfter)
        : base(message, status, problem, retryAfter)
    {
    }
}

/// <summary>The response is not from a Preempt app, or the app failed.</summary>
public sealed class UnexpectedAnswerException : RunException
{
    internal UnexpectedAnswerException(string message, HttpStatusCode status, Problem? problem = null)
        : base(message, status, problem)
    {
    }
}
