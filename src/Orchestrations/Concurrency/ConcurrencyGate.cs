using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>
/// The entity that guards one concurrency key of one workflow version. It decides; the orchestrations that ask it carry its
/// messages, because what an orchestration sends is committed with its history.
/// </summary>
internal sealed class ConcurrencyGate(TimeProvider time) : ITaskEntity
{
    /// <summary>The entity of a gate.</summary>
    public static EntityInstanceId Of(string gate) => new(PreemptFunctions.Gate, gate);

    /// <summary>
    /// Does an operation. The state is written as JSON only where the operation has changed it: of ten thousand runs that wait, each asks again
    /// and again, and to hear that it waits on changes nothing.
    /// </summary>
    public ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        GateState before = operation.State.GetState<GateState>() ?? new GateState();
        (GateState after, object? answer) = operation.Name switch
        {
            nameof(Enter) => Enter(before, Input<EnterRequest>(operation)),
            nameof(Leave) => Leave(before, Input<LeaveRequest>(operation)),
            nameof(Release) => (Release(before, Input<LeaveRequest>(operation), operation.Context), null),
            _ => throw new NotSupportedException($"A gate has no operation '{operation.Name}'."),
        };
        if (!ReferenceEquals(after, before))
            operation.State.SetState(after);
        GateTelemetry.Changed(operation.Context.Id.Key, after);
        return new ValueTask<object?>(answer);
    }

    /// <summary>Admits the run, puts it in line, or refuses it. Called, for its reply: the verdict on the run, and which runs it must tell what.</summary>
    public (GateState State, object? Reply) Enter(GateState state, EnterRequest request)
    {
        (state, GateReply reply) = GateRules.Enter(state, request, time.GetUtcNow());
        return (state, reply);
    }

    /// <summary>
    /// Strikes off runs. Called by a run that knows that somebody waits for its slot, and by one that has found others dead. The answer says whom
    /// it is to tell that they are admitted.
    /// </summary>
    public (GateState State, object? Admissions) Leave(GateState state, LeaveRequest request)
    {
        (state, ImmutableArray<GateAdmission> admissions) = StrikeOff(state, request);
        return (state, admissions);
    }

    /// <summary>
    /// Strikes off runs. Signalled, which costs less, by a run that does not expect anyone to wait; should somebody, a
    /// <see cref="GateHandOff"/> tells them, since an entity cannot send events.
    /// </summary>
    public GateState Release(GateState state, LeaveRequest request, TaskEntityContext context)
    {
        (state, ImmutableArray<GateAdmission> admissions) = StrikeOff(state, request);
        if (admissions is not [var first, ..])
            return state;
        // A gate gives out each token once.
        StartOrchestrationOptions options = new($"{KeptIds.HandOffs}{RunId.HashKey(context.Id.Key)}:{first.Token}");
        context.ScheduleNewOrchestration(PreemptFunctions.HandOff, new GateHandOff(context.Id.Key, admissions), options);
        return state;
    }

    private (GateState State, ImmutableArray<GateAdmission> Admissions) StrikeOff(GateState state, LeaveRequest request) => state.Rule switch
    {
        { Rate: not null } => ThrottleRules.Leave(state, request, time.GetUtcNow()),
        { Debounce: not null } => DebounceRules.Leave(state, request),
        _ => GateRules.Leave(state, request),
    };

    private static T Input<T>(TaskEntityOperation operation) =>
        operation.GetInput<T>() ?? throw new ArgumentException($"A gate's operation '{operation.Name}' needs an input.");
}

/// <summary>The input of the orchestration that tells runs that a gate has admitted them.</summary>
/// <param name="Gate">The gate entity's key.</param>
/// <param name="Admissions">Whom to tell.</param>
internal sealed record GateHandOff(string Gate, ImmutableArray<GateAdmission> Admissions);
