namespace Preempt;

/// <summary>What a caller asked for cannot be done as asked.</summary>
public abstract class RunException : Exception
{
    private protected RunException(string message)
        : base(message)
    {
    }
}

/// <summary>A value that the caller gave is not allowed; the message says which, and what is.</summary>
/// <param name="message">What was wrong, and what is accepted.</param>
public sealed class InvalidRunException(string message) : RunException(message);

/// <summary>There is no workflow of that name.</summary>
/// <param name="workflow">The name.</param>
public sealed class UnknownWorkflowException(string workflow) : RunException($"There is no workflow named \"{workflow}\".");

/// <summary>There is no run of that id.</summary>
/// <param name="id">The id.</param>
public sealed class UnknownRunException(string id) : RunException($"There is no run with the id \"{id}\".");

/// <summary>There is no bulk operation of that id.</summary>
/// <param name="id">The id.</param>
public sealed class UnknownOperationException(string id) : RunException($"There is no operation with the id \"{id}\".");

/// <summary>The run is in a state in which this cannot be done.</summary>
/// <param name="message">Why not.</param>
/// <param name="run">The run as it is.</param>
public sealed class RunConflictException(string message, Run run) : RunException(message)
{
    /// <summary>The run as it is.</summary>
    public Run Run => run;
}

/// <summary>The run that was started with this idempotency key has ended and was deleted; the work is not done again.</summary>
/// <param name="id">The run's id.</param>
public sealed class RunDeletedException(string id)
    : RunException($"The run \"{id}\" of this idempotency key has ended and was deleted; to do the work again, use another key.");

/// <summary>An idempotency key came again with another request. Nothing was done: a key stands for one request.</summary>
public sealed class IdempotencyKeyReusedException() : RunException(
    "This Idempotency-Key was used for another request: another input, or other options. Send the same request again, or use a new key.");

/// <summary>
/// The run has not heard of a message within some seconds: nobody works, or too much is to be done. It may hear of it yet: with an idempotency
/// key, the same call can be made again.
/// </summary>
/// <param name="id">The run's id.</param>
public sealed class RunNotAnsweringException(string id) : RunException(
    $"The run \"{id}\" has not heard of it yet. It may: make the same call again, with the same Idempotency-Key.");

/// <summary>The app drains, and was told to refuse starts meanwhile.</summary>
public sealed class AppDrainingException() : RunException("The app drains and takes no new runs; try again when it has resumed.");
