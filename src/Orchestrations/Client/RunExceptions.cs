namespace Preempt;

/// <summary>A call of a caller failed.</summary>
public abstract class RunException : Exception
{
    private protected RunException(string message)
        : base(message)
    {
    }
}

/// <summary>A value that the caller gave is not allowed. The message says which one, and what is allowed.</summary>
/// <param name="message">What was wrong, and what is accepted.</param>
public sealed class InvalidRunException(string message) : RunException(message);

/// <summary>There is no workflow with that name.</summary>
/// <param name="workflow">The name.</param>
public sealed class UnknownWorkflowException(string workflow) : RunException($"There is no workflow named \"{workflow}\".");

/// <summary>The workflows share no rule with that name.</summary>
/// <param name="rule">The name.</param>
/// <param name="known">What is accepted.</param>
public sealed class UnknownRuleException(string rule, string known) : RunException($"There is no rule \"{rule}\"; {known}");

/// <summary>There is no run with that id.</summary>
/// <param name="id">The id.</param>
public sealed class UnknownRunException(string id) : RunException($"There is no run with the id \"{id}\".");

/// <summary>There is no bulk operation with that id.</summary>
/// <param name="id">The id.</param>
public sealed class UnknownOperationException(string id) : RunException($"There is no operation with the id \"{id}\".");

/// <summary>The state of the run does not allow this.</summary>
/// <param name="message">Why not.</param>
/// <param name="run">The run as it is now.</param>
public sealed class RunConflictException(string message, Run run) : RunException(message)
{
    /// <summary>The run as it is now.</summary>
    public Run Run => run;
}

/// <summary>The run that was started with this idempotency key has ended and was deleted; the work is not done again.</summary>
/// <param name="id">The run's id.</param>
public sealed class RunDeletedException(string id)
    : RunException($"The run \"{id}\" of this idempotency key has ended and was deleted; to do the work again, use another key.");

/// <summary>An idempotency key was used again with another request. Nothing was done, because a key belongs to one request.</summary>
public sealed class IdempotencyKeyReusedException() : RunException(
    "This Idempotency-Key was used for another request: another input, or other options. Send the same request again, or use a new key.");

/// <summary>
/// The run has not responded to a message within some seconds: no worker runs, or the workers are busy. The message may still take effect. With an idempotency
/// key, the call can be repeated.
/// </summary>
/// <param name="id">The run's id.</param>
public sealed class RunNotAnsweringException(string id) : RunException(
    $"The run \"{id}\" has not responded yet, and the call may still take effect. Repeat it with the same Idempotency-Key.");

/// <summary>The app has not taken a change of limits over within some seconds. It may still take effect; the call can be repeated.</summary>
/// <param name="rule">The rule.</param>
public sealed class LimitNotAnsweringException(string rule) : RunException(
    $"The limit of rule \"{rule}\" has not been changed yet, and the change may still take effect. Repeat the call.");

/// <summary>The app drains and refuses starts.</summary>
public sealed class AppDrainingException() : RunException("The app drains and accepts no new runs. Retry when it has resumed.");
