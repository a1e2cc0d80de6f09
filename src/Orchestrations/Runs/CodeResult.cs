using System.Text.Json;

namespace Preempt;

/// <summary>How a workflow's code ended.</summary>
/// <param name="Output">What it returned, as JSON.</param>
/// <param name="Error">What it threw.</param>
/// <param name="WasStopped">Whether it let a stop out, or was not begun, or not waited for.</param>
/// <param name="IsTimeout">Whether what it threw is that a step was over its own timeout.</param>
internal sealed record CodeResult(JsonElement? Output, RunError? Error, bool WasStopped = false, bool IsTimeout = false)
{
    public static readonly CodeResult Stopped = new(null, null, WasStopped: true);

    /// <summary>How its run has ended.</summary>
    /// <param name="stop">The run's stop request; of a code that was stopped there is one.</param>
    /// <param name="isRejected">Whether a gate turned the run away because too many were waiting.</param>
    public RunStatus StatusOf(StopRequest? stop, bool isRejected) => (this, stop?.Reason) switch
    {
        ({ WasStopped: true }, StopReason.GateFull) when isRejected => RunStatus.Rejected,
        ({ WasStopped: true }, StopReason.Timeout or StopReason.ScheduleTimeout) => RunStatus.TimedOut,
        ({ WasStopped: true }, _) => RunStatus.Cancelled,
        // Clean-up after a stop that takes too long has failed.
        ({ IsTimeout: true }, null or StopReason.Timeout) => RunStatus.TimedOut,
        ({ Error: not null }, _) => RunStatus.Failed,
        _ => RunStatus.Succeeded,
    };
}
