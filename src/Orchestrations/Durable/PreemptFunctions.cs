namespace Preempt;

/// <summary>
/// The functions that Preempt brings into an app that references it. Their names stand in the app's histories, so they do not change.
/// </summary>
public static class PreemptFunctions
{
    /// <summary>The orchestration of every run.</summary>
    public const string Run = "PreemptRun";

    /// <summary>The activity of every step.</summary>
    public const string Step = "PreemptStep";

    /// <summary>The entity that guards one concurrency key.</summary>
    public const string Gate = "PreemptGate";

    /// <summary>The orchestration that tells runs that a gate has admitted them.</summary>
    public const string HandOff = "PreemptHandOff";

    /// <summary>The orchestration that keeps an idempotency key and its run together.</summary>
    public const string Claim = "PreemptClaim";

    /// <summary>The activity that tells running steps to stop.</summary>
    public const string PublishStop = "PreemptPublishStop";

    /// <summary>The activity that finds out which runs have ended.</summary>
    public const string FindEnded = "PreemptFindEnded";

    /// <summary>The activity that ends a run by force.</summary>
    public const string EndRun = "PreemptEndRun";

    /// <summary>The entity that knows the runs that end on one event.</summary>
    public const string Subscribers = "PreemptSubscribers";

    /// <summary>The entity that keeps the app's mode.</summary>
    public const string Switch = "PreemptSwitch";

    /// <summary>The orchestration that tells the live runs of a change of the app's mode.</summary>
    public const string ApplyMode = "PreemptApplyMode";

    /// <summary>The activity that tells one page of them.</summary>
    public const string ApplyModePage = "PreemptApplyModePage";

    /// <summary>The orchestration that deletes a run once it has ended.</summary>
    public const string DeleteRun = "PreemptDeleteRun";

    /// <summary>The activity that deletes a run that has ended.</summary>
    public const string PurgeRun = "PreemptPurgeRun";

    /// <summary>The activity that starts a run for another.</summary>
    public const string StartRun = "PreemptStartRun";

    /// <summary>The activity that reads how a run has ended.</summary>
    public const string ReadOutcome = "PreemptReadOutcome";

    /// <summary>The orchestration of a bulk operation.</summary>
    public const string Bulk = "PreemptBulk";

    /// <summary>The activity that counts the runs that a filter matches.</summary>
    public const string CountRuns = "PreemptCountRuns";

    /// <summary>The activity that finds the next of them.</summary>
    public const string FindRuns = "PreemptFindRuns";

    /// <summary>The activity that does a bulk operation's work on some runs.</summary>
    public const string WorkOnRuns = "PreemptWorkOnRuns";

    /// <summary>
    /// The activity that publishes a <see cref="LifecycleEvent"/>, where the app is set to publish them. Not in this assembly: it is in the
    /// one that has the queue.
    /// </summary>
    public const string PublishLifecycle = "PreemptPublishLifecycle";

    /// <summary>
    /// The classes that hold the functions of this assembly. A function app finds them by itself; a test host that is given its
    /// function classes one by one is given these too.
    /// </summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(Durable.RunFunctions),
        typeof(Durable.StepFunctions),
        typeof(Durable.EntityFunctions),
        typeof(Durable.ModeFunctions),
        typeof(Durable.BulkFunctions),
    ];
}
