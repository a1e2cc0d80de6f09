using System.Diagnostics;

namespace Preempt;

/// <summary>The metrics and the trace of one attempt of a step, made where it works.</summary>
internal static class StepTelemetry
{
    /// <summary>
    /// An attempt begins. Its trace is the run's, so that all that the step calls is found there; the invocation that the host traces
    /// is linked.
    /// </summary>
    public static Activity? Begin(StepCall call)
    {
        ActivityContext.TryParse(call.TraceParent, null, isRemote: true, out ActivityContext parent);
        ActivityLink[] links = Activity.Current is { } invocation ? [new ActivityLink(invocation.Context)] : [];
        Activity? activity = PreemptTelemetry.Source.StartActivity($"step {call.Name}", ActivityKind.Internal, parent, links: links);
        activity?.SetTag(Tags.RunId, call.RunId);
        activity?.SetTag(Tags.Step, call.Name);
        activity?.SetTag(Tags.Attempt, call.Attempt);
        return activity;
    }

    /// <summary>The attempt has ended.</summary>
    public static void End(Activity? activity, StepCall call, StepOutcome outcome, TracedDetails traced)
    {
        TagList tags = new() { { Tags.Step, call.Name }, { Tags.Status, outcome.Status.ToString() } };
        if (outcome.StopReason is { } reason)
            tags.Add(Tags.StopReason, reason.ToString());
        PreemptTelemetry.StepDuration.Record(RunTelemetry.Seconds(outcome.StartedAt, outcome.EndedAt), tags);
        if (activity is null)
            return;
        foreach ((string name, object? value) in tags)
            activity.SetTag(name, value);
        activity.SetTag(Tags.ErrorType, outcome.Error?.Type);
        bool isError = outcome.Status is StepStatus.Failed or StepStatus.TimedOut;
        activity.SetStatus(isError ? ActivityStatusCode.Error : ActivityStatusCode.Ok, isError ? traced.Describe(outcome.Error, outcome.Status.ToString()) : null);
    }

    /// <summary>A step's token has fired because its run was asked to stop.</summary>
    public static void Stopped(StepCall call, StopReason reason, DateTimeOffset requestedAt, DateTimeOffset now) =>
        PreemptTelemetry.StopDelay.Record(
            RunTelemetry.Seconds(requestedAt, now), new TagList { { Tags.Step, call.Name }, { Tags.StopReason, reason.ToString() } });
}
