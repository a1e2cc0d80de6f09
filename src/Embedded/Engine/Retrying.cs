using Microsoft.DurableTask;

namespace Preempt.Embedded.Engine;

/// <summary>Runs an activity or sub-orchestration again after a failure, as its options say, with durable timers in between.</summary>
internal static class Retrying
{
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
                ? NextDelay(policy, number, elapsed)
                : await options.Handler!(new RetryContext(context, number, failure.FailureDetails, elapsed, CancellationToken.None))
                    ? TimeSpan.Zero
                    : null;
            if (delay is null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            if (delay > TimeSpan.Zero)
                await context.CreateTimer(delay.Value, CancellationToken.None);
        }
    }

    private static TimeSpan? NextDelay(RetryPolicy policy, int attempts, TimeSpan elapsed)
    {
        if (attempts >= policy.MaxNumberOfAttempts || (policy.RetryTimeout > TimeSpan.Zero && elapsed >= policy.RetryTimeout))
            return null;
        double next = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempts - 1);
        double most = policy.MaxRetryInterval > TimeSpan.Zero ? policy.MaxRetryInterval.TotalMilliseconds : double.MaxValue;
        return TimeSpan.FromMilliseconds(Math.Min(Math.Min(next, most), TimeSpan.FromDays(365).TotalMilliseconds));
    }
}
