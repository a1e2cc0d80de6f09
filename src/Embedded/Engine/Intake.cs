using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Engine;

/// <summary>
/// Sorts the messages of an inbox into those that a turn takes and those that must wait: a suspended orchestration takes
/// nothing until it is resumed, and then everything in order.
/// </summary>
internal sealed class Intake(InstanceHeader header)
{
    private readonly List<Delivery> _held = [];

    /// <summary>What is for the orchestrator's code.</summary>
    public List<HistoryEvent> Arrived { get; } = [];

    /// <summary>Places in the store of the messages that the turn takes.</summary>
    public List<long> Consumed { get; } = [];

    public List<Delivery> Held => _held;

    public bool IsSuspended { get; private set; } = header.Status == OrchestrationRuntimeStatus.Suspended;

    /// <summary>Whether a suspended orchestration takes such a message.</summary>
    public static bool PassesSuspension(HistoryEvent message) => message is Suspended or Resumed or Terminated;

    public void Add(Delivery delivery)
    {
        if (IsSuspended && !PassesSuspension(delivery.Event))
        {
            _held.Add(delivery);
            return;
        }

        Take(delivery);
        if (delivery.Event is Suspended)
        {
            IsSuspended = true;
        }
        else if (delivery.Event is Resumed)
        {
            IsSuspended = false;
            _held.ForEach(Take);
            _held.Clear();
        }
    }

    private void Take(Delivery delivery)
    {
        if (delivery.Sequence != 0)
            Consumed.Add(delivery.Sequence);
        // An answer to an earlier execution is nobody's.
        if (delivery.ExecutionId is null || delivery.ExecutionId == header.ExecutionId)
            Arrived.Add(delivery.Event);
    }
}
