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

    /// <summary>
    /// How long after it the next turn of an orchestration, or batch of an entity's operations, happens again, because what it has sent is sent
    /// and the rest of it is lost; null where it is kept.
    /// </summary>
    TimeSpan? TurnRepeats();

    /// <summary>Whether the answers of activities are durable, as they are where turns can happen again.</summary>
    bool KeepsAnswers { get; }

    /// <summary>Puts what waits for an entity whose batch happens again into another order; what one sender has sent stays in its order.</summary>
    List<EntityRequest> Reorder(List<EntityRequest> waiting);

    /// <summary>Whether a client that starts an instance whose id has just been taken is told that it has started.</summary>
    bool StartsCollide();

    /// <summary>Whether the next event to an instance that has not had its first turn comes before the instance's start, and is dropped.</summary>
    bool EventOvertakesStart();

    /// <summary>How late a second copy of a client's next signal arrives; null where there is none.</summary>
    TimeSpan? SignalRepeats();

    /// <summary>How long the copies of the next message to an orchestration take to arrive, one for each.</summary>
    TimeSpan[] MessageDelays();

    /// <summary>How long the next message to that entity takes to arrive. No message overtakes another.</summary>
    TimeSpan OperationDelay(string entity);
}
