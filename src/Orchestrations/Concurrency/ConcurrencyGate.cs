using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>
/// The entity that guards one concurrency key of one workflow version. It decides; the orchestrations that ask it carry its
/// messages, because what an orchestration sends is committed with its history.
/// </summary>
/// <param name="time">The time.</param>
/// <param name="fresh">Reads the limits that hold, for a gate that no run has entered yet.</param>
/// <param name="hostStopping">Fires when the host shuts down: the caller asks again.</param>
internal sealed class ConcurrencyGate(TimeProvider time, FreshGate fresh, CancellationToken hostStopping) : ITaskEntity
{
    /// <summary>The entity of a gate.</summary>
    public static EntityInstanceId Of(string gate) => new(PreemptFunctions.Gate, gate);

    /// <summary>
    /// Does an operation. The state is written as JSON only where the operation has changed it: of ten thousand runs that wait, each asks again
    /// and again, and to hear that it waits on changes nothing.
    /// </summary>
    public async ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        GateState before = operation.State.GetState<GateState>() ?? new GateState();
        (GateState after, object? answer) = operation.Name switch
        {
            nameof(Enter) => Enter(await LimitAsync(before, operation.Context.Id.Key), Input<EnterRequest>(operation)),
            nameof(Leave) => Leave(before, Input<LeaveRequest>(operation)),
            nameof(Limit) => (Limit(before, Input<GateLimits>(operation), operation.Context), null),
            nameof(Release) => (Release(before, Input<LeaveRequest>(operation), operation.Context), null),
            _ => throw new NotSupportedException($"A gate has no operation '{operation.Name}'."),
        };
        if (!ReferenceEquals(after, before))
            operation.State.SetState(after);
        GateTelemetry.Changed(operation.Context.Id.Key, after);
        return answer;
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
        // A gate gives out each token once.
        if (admissions is [var first, ..])
            HandOff(admissions, $"{first.Token}", context);
        return state;
    }

    /// <summary>Takes over limits that were changed at run time. Signalled, and again until it is seen to have them.</summary>
    public GateState Limit(GateState state, GateLimits limits, TaskEntityContext context)
    {
        (state, ImmutableArray<GateAdmission> admissions) = LimitRules.Set(state, limits, time.GetUtcNow());
        if (!admissions.IsEmpty)
            HandOff(admissions, $"limits-{limits.Number}", context);
        return state;
    }

    private static void HandOff(ImmutableArray<GateAdmission> admissions, FormattableString which, TaskEntityContext context) => context.ScheduleNewOrchestration(
        PreemptFunctions.HandOff,
        new GateHandOff(context.Id.Key, admissions),
        new StartOrchestrationOptions($"{KeptIds.HandOffs}{RunId.HashKey(context.Id.Key)}:{FormattableString.Invariant(which)}"));

    private async Task<GateState> LimitAsync(GateState state, string gate) =>
        state is { Rule: null, Limits: null } && await fresh.ReadLimitsAsync(gate, hostStopping) is { } limits ? state with { Limits = limits } : state;

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
