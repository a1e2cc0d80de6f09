namespace Preempt;

/// <summary>Thrown where a workflow calls another as a child and that run did not succeed, for reasons of its own.</summary>
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

    /// <summary>How it ended: failed, timed out, cancelled or rejected.</summary>
    public RunStatus Status { get; }

    /// <summary>What its code threw; null unless it failed.</summary>
    public RunError? Error { get; }

    /// <summary>Why it was stopped; null when it was not.</summary>
    public StopRequest? Stop { get; }
}
