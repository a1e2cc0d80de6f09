using System.Collections.Immutable;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>
/// Which of those that stand in a gate's books live no longer. A run that somebody has terminated with the platform's own means cannot tell its
/// steps to stop, nor leave its gates: whoever finds it dead has them told, and its slots are not free before they have stopped or its grace is over.
/// </summary>
/// <param name="client">The function's client.</param>
/// <param name="feed">Reaches the steps.</param>
/// <param name="time">The time.</param>
/// <param name="context">Reaches the gates.</param>
internal sealed class DeadHolders(DurableTaskClient client, ICancellationFeed feed, TimeProvider time, TaskEntityContext context)
{
    /// <summary>How long the steps of a dead run are waited for at most, from when they are told: nobody can end them.</summary>
    private static readonly TimeSpan LongestGrace = TimeSpan.FromHours(1);

    /// <summary>Looks at the instances of runs.</summary>
    /// <param name="holders">The runs and steps, each as a <see cref="HolderId"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those whose slots are free.</returns>
    public async Task<ImmutableArray<string>> FindAsync(ImmutableArray<string> holders, CancellationToken cancellationToken)
    {
        ImmutableArray<string>.Builder dead = ImmutableArray.CreateBuilder<string>();
        foreach (IGrouping<string, string> ofRun in holders.GroupBy(holder => HolderId.Parse(holder).RunId))
        {
            OrchestrationMetadata? instance = await client.GetInstanceAsync(ofRun.Key, getInputsAndOutputs: true, cancellationToken);
            RunRequest? request = instance is null ? null : RunReader.ReadRequest(instance);
            string[] ofAnother = [.. ofRun.Where(holder => !HolderId.Parse(holder).CanBe(request?.Life))];
            dead.AddRange(ofAnother);
            dead.AddRange(await FindDeadAsync(instance, request, [.. ofRun.Except(ofAnother)], cancellationToken));
        }

        return dead.ToImmutable();
    }

    /// <param name="instance">The run's; null where it is gone.</param>
    /// <param name="request">What it was started with; null where that is not known.</param>
    /// <param name="holders">The run and its steps, as they stand in the books.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<IEnumerable<string>> FindDeadAsync(
        OrchestrationMetadata? instance, RunRequest? request, string[] holders, CancellationToken cancellationToken)
    {
        switch (instance)
        {
            case null when holders is [var first, ..]:
                // Nobody knows whether it has steps at work: they are told, and not waited for.
                HolderId gone = HolderId.Parse(first);
                await feed.PublishAsync(new StopNotice(gone.RunId, StopReason.Requested, Force: true, Life: gone.Life), cancellationToken);
                return holders;
            case { IsCompleted: false }:
                RunRecord record = RunReader.ReadOutcome(instance).Record;
                return holders.Where(holder => HolderId.Parse(holder).Step is { } step && HasEnded(step, record));
            case not null when request is not null && StepsAtWork(instance) is [_, ..] atWork:
                await StopAsync(instance.InstanceId, request, atWork, cancellationToken);
                // A supervised run has its gates in its code alone: nobody could say when they are free.
                return request.IsSupervised ? holders : [];
            default:
                return holders;
        }
    }

    /// <summary>The steps of an ended run that may be at work. One that has ended by itself, or by force, has written how, and has waited for its steps.</summary>
    private static StepRecord[] StepsAtWork(OrchestrationMetadata instance) =>
        instance.RuntimeStatus != OrchestrationRuntimeStatus.Completed
        && StoredJson.TryRead<RunOutcome>(instance.SerializedOutput) is not { Record: not null }
        && StoredJson.TryRead<RunRecord>(instance.SerializedCustomStatus) is { } record
            ? [.. record.Steps.Where(step => step.Status == StepStatus.Running)]
            : [];

    /// <summary>
    /// The steps are told, and the slots are given back when they have ended, by their worker, or when the grace is over. May be repeated: who is
    /// not in the books any more cannot be struck off.
    /// </summary>
    private async Task StopAsync(string runId, RunRequest request, StepRecord[] atWork, CancellationToken cancellationToken)
    {
        ImmutableArray<GateSlot> slots =
        [
            .. request.Gates.Select(gate => new GateSlot(gate.Gate, request.HolderOf(runId), Token: 0)),
            // Which of them are around which step only its class says.
            .. atWork.SelectMany(step => request.StepGates.Values.SelectMany(gates => gates)
                .Select(gate => new GateSlot(gate.Gate, request.HolderOf(runId, step.Number), Token: 0))),
        ];
        // Of several steps, the first that ends does not know of the others.
        StopNotice notice = new(runId, StopReason.Requested, Force: true, Life: request.Life) { GivesBack = atWork.Length == 1 ? slots : [] };
        await feed.PublishAsync(notice, cancellationToken);
        TimeSpan grace = request.Grace.IsNever || request.Grace.Value > LongestGrace ? LongestGrace : request.Grace.Value;
        foreach (GateSlot slot in slots)
        {
            context.SignalEntity(
                ConcurrencyGate.Of(slot.Gate),
                nameof(ConcurrencyGate.Release),
                new LeaveRequest([slot.Holder], By: slot.Holder, AreDead: true),
                new SignalEntityOptions { SignalTime = time.GetUtcNow() + grace });
        }
    }

    /// <summary>Whether the record of a run that lives says that a step has ended for good; one that has failed may be tried again.</summary>
    private static bool HasEnded(int step, RunRecord record) => record.Steps.Any(known =>
        known.Number == step && known.Status is (StepStatus.Succeeded or StepStatus.Cancelled or StepStatus.Abandoned));
}
