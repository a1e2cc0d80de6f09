namespace Preempt;

/// <summary>The tags of metrics and traces. Those of metrics have few values each; ids and keys are on traces alone.</summary>
internal static class Tags
{
    public const string Workflow = "preempt.workflow";
    public const string Version = "preempt.workflow.version";
    public const string Status = "preempt.status";
    public const string StopReason = "preempt.stop.reason";
    public const string Forced = "preempt.stop.forced";
    public const string Step = "preempt.step";

    public const string RunId = "preempt.run.id";
    public const string ParentId = "preempt.run.parent";
    public const string Key = "preempt.key";
    public const string KeyHash = "preempt.key.hash";
    public const string FencingToken = "preempt.fencing_token";
    public const string SupersededBy = "preempt.superseded_by";
    public const string StoppedBy = "preempt.stop.by";
    public const string QueueSeconds = "preempt.queue.seconds";
    public const string StopSeconds = "preempt.stop.seconds";
    public const string Attempt = "preempt.step.attempt";
    public const string ErrorType = "error.type";
}
