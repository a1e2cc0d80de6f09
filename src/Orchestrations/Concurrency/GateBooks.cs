using System.Collections.Immutable;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// Finds out whether gates have in their books what they have answered. Azure Storage sends an entity's answers before it writes its state:
/// when the host dies in between, the answer stands and the gate knows nothing of it. So a step begins only when it is written that its run
/// holds the slots. A slot that is written is held until its holder leaves.
/// </summary>
internal sealed partial class GateBooks(TimeProvider time, ILogger<GateBooks> logger)
{
    /// <summary>Looks at a gate: the state follows its answer within milliseconds, if it comes at all.</summary>
    private const int MaxLooks = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Whether all of these slots are in the books; waits some two seconds for it.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="client">The function's client.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> HaveAsync(ImmutableArray<GateSlot> slots, DurableTaskClient client, CancellationToken cancellationToken)
    {
        foreach (GateSlot slot in slots)
        {
            if (!await HasAsync(slot, client, cancellationToken))
                return false;
        }

        return true;
    }

    /// <summary>Gives back the slots of a dead run. If this fails, the runs that wait for them find them free later.</summary>
    public async Task GiveBackAsync(ImmutableArray<GateSlot> slots, DurableTaskClient client)
    {
        foreach (GateSlot slot in slots)
        {
            try
            {
                await client.Entities.SignalEntityAsync(
                    ConcurrencyGate.Of(slot.Gate), nameof(ConcurrencyGate.Release), new LeaveRequest([slot.Holder], By: slot.Holder, AreDead: true));
            }
#pragma warning disable CA1031 // Whatever it is, the step's outcome stands.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogNotGivenBack(exception, slot.Gate, slot.Holder);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The slot of {Holder} at gate {Gate} could not be given back at once")]
    private partial void LogNotGivenBack(Exception exception, string gate, string holder);

    private async Task<bool> HasAsync(GateSlot slot, DurableTaskClient client, CancellationToken cancellationToken)
    {
        EntityInstanceId gate = ConcurrencyGate.Of(slot.Gate);
        EntityMetadata<GateState>? seen = await new GrowingPause(FirstPause, LongestPause).LookUntilAsync(
            _ => client.Entities.GetEntityAsync<GateState>(gate, cancellation: cancellationToken),
            entity => Has(entity, slot),
            MaxLooks,
            time,
            cancellationToken);
        return Has(seen, slot);
    }

    private static bool Has(EntityMetadata<GateState>? gate, GateSlot slot) => gate?.State is { } state
        && (state.Started is null
            ? state.Holders.Any(holder => holder.Age.RunId == slot.Holder && holder.Token == slot.Token)
            : StartLog.Has(state, slot.Holder, slot.Token));
}

/// <summary>A slot that a gate has said to have given.</summary>
/// <param name="Gate">The gate entity's key.</param>
/// <param name="Holder">The run, or the step.</param>
/// <param name="Token">The fencing token.</param>
internal sealed record GateSlot(string Gate, string Holder, long Token);
