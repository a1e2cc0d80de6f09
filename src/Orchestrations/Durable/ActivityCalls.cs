using Microsoft.DurableTask;

namespace Preempt;

/// <summary>Calls of Preempt's own activities by orchestrations.</summary>
internal static class ActivityCalls
{
    /// <summary>For an activity that may be done twice: it fails when its worker dies, or storage does not answer for a while.</summary>
    public static TaskOptions Retried { get; } = TaskOptions.FromRetryPolicy(
        new Microsoft.DurableTask.RetryPolicy(maxNumberOfAttempts: 5, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2));
}
