using Microsoft.DurableTask.Entities;

namespace Preempt.Bench.Gates;

/// <summary>A gate that can be given a state, so that ten thousand need not enter before each measurement.</summary>
public sealed class MeasuredGate : ITaskEntity
{
    public const string Fill = "Fill";

    private readonly ConcurrencyGate _gate = new(TimeProvider.System);

    public ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        if (operation.Name != Fill)
            return _gate.RunAsync(operation);
        operation.State.SetState(operation.GetInput<GateState>());
        return default;
    }
}
