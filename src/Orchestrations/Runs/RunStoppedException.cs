namespace Preempt;

/// <summary>Thrown by a supervised orchestrator that was stopped; see <see cref="SupervisedOrchestration"/>.</summary>
#pragma warning disable CA1032 // Always about a stop.
public sealed class RunStoppedException : Exception
#pragma warning restore CA1032
{
    internal RunStoppedException(RunRecord record)
        : base($"The run is {record.Status}: {record.Stop?.Reason}. {record.Stop?.Message}".TrimEnd())
    {
        Status = record.Status;
        Stop = record.Stop;
    }

    /// <summary>The run's final status: Cancelled, TimedOut or Rejected.</summary>
    public RunStatus Status { get; }

    /// <summary>Why it was stopped.</summary>
    public StopRequest? Stop { get; }
}
