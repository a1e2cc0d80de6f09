namespace Preempt;

/// <summary>The names of the functions that a function app must have for its runs, beside one for each workflow and step.</summary>
public static class PreemptFunctions
{
    /// <summary>The entity function of <see cref="ConcurrencyGate"/>.</summary>
    public const string Gate = nameof(ConcurrencyGate);

    /// <summary>The orchestration function of <see cref="WorkflowRunner.HandOff"/>.</summary>
    public const string HandOff = "GateHandOff";

    /// <summary>The orchestration function of <see cref="WorkflowRunner.Claim"/>.</summary>
    public const string Claim = "IdempotencyClaim";

    /// <summary>The activity function of <see cref="StepRunner.PublishStopAsync"/>.</summary>
    public const string PublishStop = "PublishStop";

    /// <summary>The activity function of <see cref="StepRunner.FindEndedAsync"/>.</summary>
    public const string FindEnded = "FindEndedRuns";

    /// <summary>The activity function of <see cref="StepRunner.EndRunAsync"/>.</summary>
    public const string EndRun = "EndRun";

    /// <summary>The entity function of <see cref="EventSubscribers"/>.</summary>
    public const string Subscribers = nameof(EventSubscribers);

    /// <summary>The entity function of <see cref="AppSwitch"/>.</summary>
    public const string Switch = nameof(AppSwitch);

    /// <summary>The orchestration function of <see cref="WorkflowRunner.ApplyModeAsync"/>.</summary>
    public const string ApplyMode = "ApplyAppMode";

    /// <summary>The activity function of <see cref="StepRunner.ApplyModeAsync"/>.</summary>
    public const string ApplyModePage = "ApplyAppModePage";

    /// <summary>The orchestration function of <see cref="WorkflowRunner.DeleteRunAsync"/>.</summary>
    public const string DeleteRun = "DeleteRun";

    /// <summary>The activity function of <see cref="StepRunner.PurgeRunAsync"/>.</summary>
    public const string PurgeRun = "PurgeRun";

    /// <summary>The activity function of <see cref="StepRunner.StartRunAsync"/>.</summary>
    public const string StartRun = "StartChildRun";

    /// <summary>The activity function of <see cref="StepRunner.ReadOutcomeAsync"/>.</summary>
    public const string ReadOutcome = "ReadRunOutcome";

    /// <summary>The orchestration function of <see cref="BulkOperation.RunAsync"/>.</summary>
    public const string Bulk = nameof(BulkOperation);

    /// <summary>The activity function of <see cref="BulkActivities.CountAsync"/>.</summary>
    public const string CountRuns = "CountRuns";

    /// <summary>The activity function of <see cref="BulkActivities.FindAsync"/>.</summary>
    public const string FindRuns = "FindRuns";

    /// <summary>The activity function of <see cref="BulkActivities.WorkAsync"/>.</summary>
    public const string WorkOnRuns = "WorkOnRuns";

    /// <summary>The activity function that publishes a <see cref="LifecycleEvent"/>, where the app is set to publish them.</summary>
    public const string PublishLifecycle = "PublishRunEvent";
}
