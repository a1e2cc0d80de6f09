using System.Runtime.ExceptionServices;
using Microsoft.DurableTask;

namespace Preempt.Embedded.Engine;

/// <summary>Runs an activity or sub-orchestration again after a failure, as its options say, with durable timers in between.</summary>
internal static class Retrying
{
    /// <summary>The longest wait that a backoff can grow to.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(365);

    public static Task<T> RunAsync<T>(TaskOrchestrationContext context, TaskRetryOptions? options, Func<Task<T>> attempt) =>
        options is null ? attempt() : RunWithRetriesAsync(context, options, attempt);

    private static async Task<T> RunWithRetriesAsync<T>(TaskOrchestrationContext context, TaskRetryOptions options, Func<Task<T>> attempt)
    {
        DateTime start = context.CurrentUtcDateTime;
        for (int number = 1; ; number++)
        {
            TaskFailedException failure;
            try
            {
                return await attempt();
            }
            catch (TaskFailedException exception)
            {
                failure = exception;
            }

            TimeSpan elapsed = context.CurrentUtcDateTime - start;
            TimeSpan? delay = options.Policy is { } policy
                ? NextDelay(policy, failure.FailureDetails, number, elapsed)
                : await AskAsync(options.Handler!, new RetryContext(context, number, failure.FailureDetails, elapsed, CancellationToken.None));
            if (delay is null)
                ExceptionDispatchInfo.Throw(failure);
            if (delay > TimeSpan.Zero)
                await context.CreateTimer(delay.Value, CancellationToken.None);
        }
    }

    /// <summary>A handler that wants a pause makes it itself.</summary>
    private static async Task<TimeSpan?> AskAsync(AsyncRetryHandler handler, RetryContext failure) =>
        await handler(failure) ? TimeSpan.Zero : null;

    /// <summary>How long to wait after that many attempts; null when there is to be no other.</summary>
    private static TimeSpan? NextDelay(RetryPolicy policy, TaskFailureDetails failure, int attempts, TimeSpan elapsed)
    {
        bool isOver = policy.RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= policy.RetryTimeout;
        if (isOver || attempts >= policy.MaxNumberOfAttempts || !policy.Handles(failure))
            return null;
        double next = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempts - 1);
        TimeSpan most = policy.MaxRetryInterval < LongestDelay ? policy.MaxRetryInterval : LongestDelay;
        return next < most.TotalMilliseconds ? TimeSpan.FromMilliseconds(next) : most;
    }
}
