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

    /// <summary>The entity that knows the runs that end on one event.</summary>
    public const string Subscribers = "PreemptSubscribers";

    /// <summary>The entity that keeps the app's mode.</summary>
    public const string Switch = "PreemptSwitch";

    /// <summary>The entity that does what must not wait behind work: stops, ends by force, bulk operations, drains.</summary>
    public const string Control = "PreemptControl";

    /// <summary>The orchestration that tells the live runs of a change of the app's mode.</summary>
    public const string ApplyMode = "PreemptApplyMode";

    /// <summary>The entity that keeps the limits of one rule that were changed at run time.</summary>
    public const string LimitBook = "PreemptLimitBook";

    /// <summary>The orchestration that tells a rule's gates of a change of its limits.</summary>
    public const string ApplyLimits = "PreemptApplyLimits";

    /// <summary>The orchestration that deletes a run once it has ended.</summary>
    public const string DeleteRun = "PreemptDeleteRun";

    /// <summary>The activity that deletes a run that has ended.</summary>
    public const string PurgeRun = "PreemptPurgeRun";

    /// <summary>The activity that starts a run for another.</summary>
    public const string StartRun = "PreemptStartRun";

    /// <summary>The orchestration that removes what is no longer needed.</summary>
    public const string CleanUp = "PreemptCleanUp";

    /// <summary>The orchestration of a bulk operation.</summary>
    public const string Bulk = "PreemptBulk";

    /// <summary>
    /// The entity that publishes a <see cref="LifecycleEvent"/>, where the app is set to publish them. Not in this assembly: it is in the
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
