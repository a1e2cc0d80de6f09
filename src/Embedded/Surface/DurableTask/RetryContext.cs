namespace Microsoft.DurableTask;

/// <summary>What a retry handler is told after a failure.</summary>
/// <param name="OrchestrationContext">The orchestration that called the task.</param>
/// <param name="LastAttemptNumber">The number of the attempt that failed, from 1.</param>
/// <param name="LastFailure">Why it failed.</param>
/// <param name="TotalRetryTime">The time since the first attempt.</param>
/// <param name="CancellationToken">Fires when retrying is no longer wanted.</param>
public record RetryContext(
    TaskOrchestrationContext OrchestrationContext,
    int LastAttemptNumber,
    TaskFailureDetails LastFailure,
    TimeSpan TotalRetryTime,
    CancellationToken CancellationToken);

/// <summary>Says whether a failed task is tried again.</summary>
/// <param name="retryContext">What failed.</param>
public delegate bool RetryHandler(RetryContext retryContext);

/// <summary>Says whether a failed task is tried again, and may await tasks of the orchestration before it does.</summary>
/// <param name="retryContext">What failed.</param>
public delegate Task<bool> AsyncRetryHandler(RetryContext retryContext);
