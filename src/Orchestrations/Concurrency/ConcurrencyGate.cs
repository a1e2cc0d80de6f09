using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>
/// The entity that guards one concurrency key of one workflow version. It decides; the orchestrations that ask it carry its
/// messages, because what an orchestration sends is committed with its history.
/// </summary>
internal sealed class ConcurrencyGate(TimeProvider time) : TaskEntity<GateState>
{
    /// <summary>Admits the run, puts it in line, or turns it away. Called, for its answer.</summary>
    /// <param name="request">The run, and the rule as it knows it.</param>
    /// <returns>What becomes of the run, and whom it is to tell what.</returns>
    public GateReply Enter(EnterRequest request)
    {
        (State, GateReply reply) = GateRules.Enter(State, request, time.GetUtcNow());
        GateTelemetry.Changed(Context.Id.Key, State);
        return reply;
    }

    /// <summary>
    /// Strikes off runs. Called by a run that knows that somebody waits for its slot, and by one that has found others dead.
    /// </summary>
    /// <param name="request">The runs.</param>
    /// <returns>Whom it is to tell that they are admitted.</returns>
    public ImmutableArray<GateAdmission> Leave(LeaveRequest request)
    {
        (State, ImmutableArray<GateAdmission> admissions) = GateRules.Leave(State, request);
        GateTelemetry.Changed(Context.Id.Key, State);
        return admissions;
    }

    /// <summary>
    /// Strikes off runs. Signalled, which costs less, by a run that does not expect anyone to wait; should somebody, a
    /// <see cref="GateHandOff"/> tells them, since an entity cannot send events.
    /// </summary>
    /// <param name="request">The runs.</param>
    public void Release(LeaveRequest request)
    {
        ImmutableArray<GateAdmission> admissions = Leave(request);
        if (admissions is not [var first, ..])
            return;
        // A gate gives out each token once.
        StartOrchestrationOptions options = new($"{KeptIds.HandOffs}{RunId.HashKey(Context.Id.Key)}:{first.Token}");
        Context.ScheduleNewOrchestration(PreemptFunctions.HandOff, new GateHandOff(Context.Id.Key, admissions), options);
    }

    /// <inheritdoc />
    protected override GateState InitializeState(TaskEntityOperation entityOperation) => new();
}

/// <summary>The input of the orchestration that tells runs that a gate has admitted them.</summary>
/// <param name="Gate">The gate entity's key.</param>
/// <param name="Admissions">Whom to tell.</param>
internal sealed record GateHandOff(string Gate, ImmutableArray<GateAdmission> Admissions);
