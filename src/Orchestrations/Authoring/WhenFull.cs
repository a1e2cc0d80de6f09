namespace Preempt;

/// <summary>What happens to a run, or a step, that a throttle does not let start now.</summary>
public enum WhenFull
{
    /// <summary>It waits, and starts when its time has come.</summary>
    Wait,

    /// <summary>It is Rejected, and told when the next could start.</summary>
    Reject,
}
