namespace Preempt;

/// <summary>Thrown by the call of a child run that did not succeed, for a reason of its own.</summary>
#pragma warning disable CA1032 // Always about a run and how it ended.
public sealed class ChildRunException : Exception
#pragma warning restore CA1032
{
    internal ChildRunException(string runId, RunOutcome outcome)
        : base($"Child run '{runId}' is {outcome.Record.Status}. {outcome.Error?.Message ?? outcome.Record.Stop?.Message}".TrimEnd())
    {
        RunId = runId;
        Status = outcome.Record.Status;
        Error = outcome.Error;
        Stop = outcome.Record.Stop;
    }

    /// <summary>The child.</summary>
    public string RunId { get; }

    /// <summary>Its final status: failed, timed out, cancelled or rejected.</summary>
    public RunStatus Status { get; }

    /// <summary>What its code threw; null unless it failed.</summary>
    public RunError? Error { get; }

    /// <summary>Why it was stopped; null if it was not.</summary>
    public StopRequest? Stop { get; }
}
