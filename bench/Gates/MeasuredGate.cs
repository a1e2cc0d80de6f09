using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Preempt.Bench.Gates;

/// <summary>A gate that can be given a state, so that ten thousand need not enter before each measurement.</summary>
/// <param name="client">The function's client.</param>
public sealed class MeasuredGate(DurableTaskClient client) : ITaskEntity
{
    public const string Fill = "Fill";

    /// <summary>Enters, and writes the state whether it has changed or not.</summary>
    public const string EnterAndWrite = "EnterAndWrite";

    private readonly ConcurrencyGate _gate = new(TimeProvider.System, new FreshGate(new AppModeReader(TimeProvider.System), client), CancellationToken.None);

    public ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        switch (operation.Name)
        {
            case Fill:
                operation.State.SetState(operation.GetInput<GateState>());
                return default;
            case EnterAndWrite:
                (GateState state, object? reply) = _gate.Enter(operation.State.GetState<GateState>()!, operation.GetInput<EnterRequest>()!);
                operation.State.SetState(state);
                return new ValueTask<object?>(reply);
            default:
                return _gate.RunAsync(operation);
        }
    }
}
