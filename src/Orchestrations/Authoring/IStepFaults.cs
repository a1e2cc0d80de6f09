namespace Preempt;

/// <summary>What goes wrong with steps because a test says so; an app that is deployed has none.</summary>
internal interface IStepFaults
{
    /// <summary>What this attempt throws in place of the step's code; null where it runs.</summary>
    Exception? TakeFailure(StepCall call);

    /// <summary>What fails the activity when the step's code has ended, because its worker dies; null where it lives.</summary>
    Exception? TakeDeath(StepCall call);
}
