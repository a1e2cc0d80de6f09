using System.Diagnostics;

namespace Preempt;

/// <summary>
/// The metrics and the trace of a run. Both are made when it has ended, from its record, so that a replay makes none twice and no
/// process has to keep anything open while the run waits.
/// </summary>
internal static class RunTelemetry
{
    /// <summary>A caller starts a run. What is current within it is the parent of the run's trace.</summary>
    public static Activity? Starting(string workflow)
    {
        Activity? activity = PreemptTelemetry.Source.StartActivity($"start {workflow}", ActivityKind.Producer);
        activity?.SetTag(Tags.Workflow, workflow);
        return activity;
    }

    /// <summary>What a run remembers of the trace that it was started in; null outside of one.</summary>
    public static string? TraceParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    /// <summary>The run has ended.</summary>
    public static void Ended(string runId, RunRequest request, RunOutcome outcome, TracedDetails traced)
    {
        RunRecord record = outcome.Record;
        TagList tags = new() { { Tags.Workflow, request.Workflow }, { Tags.Version, request.Version } };
        PreemptTelemetry.QueueDuration.Record(Seconds(request.QueuedAt, record.StartedAt ?? record.EndedAt), tags);
        tags.Add(Tags.Status, record.Status.ToString());
        if (record.Stop is { } stop)
        {
            tags.Add(Tags.StopReason, stop.Reason.ToString());
            tags.Add(Tags.Forced, record.Forced);
            PreemptTelemetry.StopDuration.Record(Seconds(stop.RequestedAt, record.EndedAt), tags);
        }

        PreemptTelemetry.Runs.Add(1, tags);
        if (record.StartedAt is { } startedAt)
            PreemptTelemetry.RunDuration.Record(Seconds(startedAt, record.EndedAt), tags);
        Trace(runId, request, outcome, traced, tags);
    }

    private static void Trace(string runId, RunRequest request, RunOutcome outcome, TracedDetails traced, TagList tags)
    {
        ActivityContext.TryParse(request.TraceParent, null, isRemote: true, out ActivityContext parent);
        using Activity? activity = PreemptTelemetry.Source.CreateActivity($"run {request.Workflow}", ActivityKind.Consumer, parent, tags);
        if (activity is null)
            return;
        RunRecord record = outcome.Record;
        activity.SetTag(Tags.RunId, runId);
        activity.SetTag(Tags.ParentId, request.ParentId);
        if (request.Gates is [var gate, ..])
        {
            activity.SetTag(Tags.KeyHash, RunId.HashKey(gate.Key));
            activity.SetTag(Tags.Key, traced.Keys ? gate.Key : null);
        }

        activity.SetTag(Tags.FencingToken, record.FencingTokens is [var token, ..] ? token : null);
        activity.SetTag(Tags.QueueSeconds, Seconds(request.QueuedAt, record.StartedAt ?? record.EndedAt));
        if (record.Stop is { } stop)
        {
            activity.SetTag(Tags.StopSeconds, Seconds(stop.RequestedAt, record.EndedAt));
            activity.SetTag(Tags.SupersededBy, stop.SupersededBy);
            activity.SetTag(Tags.StoppedBy, stop.By);
        }

        activity.SetTag(Tags.ErrorType, outcome.Error?.Type);
        bool isError = record.Status is RunStatus.Failed or RunStatus.TimedOut or RunStatus.Rejected;
        activity.SetStatus(isError ? ActivityStatusCode.Error : ActivityStatusCode.Ok, isError ? traced.Describe(outcome.Error, record.Status.ToString()) : null);
        activity.SetStartTime(request.QueuedAt.UtcDateTime);
        activity.Start();
        activity.SetEndTime((record.EndedAt ?? request.QueuedAt).UtcDateTime);
    }

    /// <summary>Clocks of several machines are compared: what took no time may seem to have taken less.</summary>
    internal static double Seconds(DateTimeOffset from, DateTimeOffset? to) => Math.Max(0, ((to ?? from) - from).TotalSeconds);
}
