namespace Preempt.Embedded.Engine;

/// <summary>What goes wrong around the engine: faults that a real host has, for tests to inject.</summary>
internal interface IFaults
{
    /// <summary>How long before its due time the next timer fires.</summary>
    TimeSpan TimerLead();

    /// <summary>How often the next activity is run.</summary>
    int ActivityRuns();

    /// <summary>Whether the worker process dies before it can report on the next activity that has ended, or batch of an entity's operations.</summary>
    bool WorkerDies();

    /// <summary>How long the copies of the next message to an orchestration take to arrive, one for each.</summary>
    TimeSpan[] MessageDelays();

    /// <summary>How long the next message to that entity takes to arrive. No message overtakes another.</summary>
    TimeSpan OperationDelay(string entity);
}
