using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;

namespace Preempt.Tests.Model;

/// <summary>Sees every turn of one run that becomes durable, and says what should not be.</summary>
internal sealed class RunWitness(string id, RunRequest request, ProtocolWitness all)
{
    /// <summary>What messages, retries of the engine's own work and restarts may add to a grace.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    private readonly HashSet<(string Gate, string Holder)> _left = [];
    private readonly Dictionary<int, StepCall> _open = [];
    private readonly HashSet<int> _stoppedSteps = [];
    private readonly HashSet<string> _extensions = [];
    private TimeSpan _given;

    public string Id => id;

    /// <summary>What gates know it by.</summary>
    public string Holder { get; } = request.HolderOf(id);

    public RunRequest Request => request;

    public RunRecord Record { get; private set; } = new();

    public bool HasEnded { get; private set; }

    /// <summary>Whether somebody terminated the instance past its supervisor.</summary>
    public bool WasKilled { get; private set; }

    /// <summary>What its instance ended with; null until then.</summary>
    public string? Output { get; private set; }

    /// <summary>Whether it, or that step of its, has left that gate, or is on its way out.</summary>
    public bool IsGoneFrom(string gate, string holder) => HasEnded || _left.Contains((gate, holder));

    /// <summary>Its steps that work, each under its activity's number, inside that gate.</summary>
    public IEnumerable<string> StepsAt(string gate) => HasEnded || !request.StepGates.Values.Any(gates => gates.Any(rule => rule.Gate == gate))
        ? []
        : _open.Values.Select(HolderOf).Where(holder => !_left.Contains((gate, holder)) && !all.GateOf(gate).IsOut(holder));

    /// <summary>Whether it, or that step of its, has been told to stop.</summary>
    public bool IsStopped(string holder) => Record.Stop is not null
        || (HolderId.Parse(holder).Step is { } step && !_open.Values.Any(call => call.Number == step && !_stoppedSteps.Contains(step)));

    private string HolderOf(StepCall call) => request.HolderOf(id, call.Number);

    /// <summary>Whether it knows that it holds that gate, and has not left.</summary>
    public bool Holds(string gate)
    {
        int index = 0;
        while (request.Gates[index].Gate != gate)
            index++;
        return Record.FencingTokens.Length > index && !IsGoneFrom(gate, Holder) && !all.GateOf(gate).IsOut(Holder);
    }

    public void See(InstanceHeader header, IReadOnlyList<HistoryEvent> history)
    {
        all.Require(!HasEnded, $"{id} went on after its end.");
        RunRecord before = Record;
        CheckSteps(history, before);
        ReadOutcome(header);
        CheckStop(before);
        CheckTokens();
        all.Require(
            Record.Status == before.Status || (Record.Status > before.Status && !before.Status.IsTerminal()),
            $"{id} went from {before.Status} to {Record.Status}.");
        foreach (Decision decision in history.OfType<Decision>())
            Follow(decision);
        Hear(history);
        if (HasEnded && !WasKilled)
            CheckEnd();
    }

    private void ReadOutcome(InstanceHeader header)
    {
        if (header.CustomStatus is { } status)
        {
            all.Require(status.Length <= RunRecord.MaxLength, $"The record of {id} has {status.Length} characters.");
            Record = JsonSerializer.Deserialize<RunRecord>(status)!;
        }

        HasEnded = header.HasEnded;
        if (!HasEnded)
            return;
        all.Require(header.Status != OrchestrationRuntimeStatus.Failed, $"The instance of {id} failed: {header.Failure?.ErrorMessage}{header.Failure?.StackTrace}");
        Output = header.Output;
        // The engine can deliver the termination that ended an earlier run of the id by force to the next one.
        WasKilled = header.Output is null || all.LivesOf(id).Any(other => other != this && other.Output == header.Output);
        if (!WasKilled)
            Record = JsonSerializer.Deserialize<RunOutcome>(header.Output!)!.Record;
    }

    /// <summary>After a stop no new step begins, and none is tried again, unless it is shielded.</summary>
    private void CheckSteps(IReadOnlyList<HistoryEvent> history, RunRecord before)
    {
        bool isStopped = before.Stop is not null || HearsStopFirst(history);
        foreach (HistoryEvent happened in history)
        {
            switch (happened)
            {
                case TaskScheduled { Name: nameof(ModelStep) } scheduled:
                    StepCall call = JsonSerializer.Deserialize<StepCall>(scheduled.Input!)!;
                    _open.Add(scheduled.Id, call);
                    all.Require(!isStopped || call.Shielded, $"{id} began step {call.Number}, attempt {call.Attempt}, after its stop.");
                    all.Require(
                        call.FencingTokens.Length == request.Gates.Length,
                        $"{id} began step {call.Number} with {call.FencingTokens.Length} tokens.");
                    CheckStepTokens(call);
                    break;
                case TaskCompleted completed:
                    _open.Remove(completed.Id);
                    break;
                case TaskFailed failed:
                    _open.Remove(failed.Id);
                    break;
            }
        }
    }

    private void CheckStepTokens(StepCall call)
    {
        if (all.ForgetsAdmissions || !request.StepGates.TryGetValue(nameof(ModelStep), out ImmutableArray<RunGate> gates))
            return;
        foreach ((RunGate gate, long token) in gates.Zip(call.StepFencingTokens))
            all.Require(all.Gates[gate.Gate].Gave(HolderOf(call), token), $"{HolderOf(call)} has the token {token}, which its gate did not give it.");
        all.Require(call.StepFencingTokens.Length == gates.Length, $"{HolderOf(call)} began with {call.StepFencingTokens.Length} tokens.");
    }

    /// <summary>Whether the first thing that the turn heard of was a stop of a run that can still be stopped by it.</summary>
    private static bool HearsStopFirst(IReadOnlyList<HistoryEvent> history) =>
        history.FirstOrDefault(happened => happened is not TurnStarted) is EventRaised raised
        && ProtocolWitness.ReadMessage(raised.Payload) is { Kind: RunMessageKind.Stop, If: null };

    /// <summary>The first reason stands, the grace only shrinks, and nothing is stopped before its time or without a cause.</summary>
    private void CheckStop(RunRecord before)
    {
        if (Record.Stop is not { } stop)
        {
            all.Require(before.Stop is null || WasKilled, $"{id} forgot its stop.");
            return;
        }

        if (before.Stop is { } first)
        {
            all.Require(
                stop with { Grace = null } == first with { Grace = null },
                $"The stop of {id} changed from {first.Reason} {first.Message} to {stop.Reason} {stop.Message}.");
            all.Require(stop.Grace <= first.Grace, $"The grace of {id} grew from {first.Grace} to {stop.Grace}.");
            return;
        }

        switch (stop.Reason)
        {
            // Where requests are not lost, the run need not take its step's word for them; one that was restarted at once hears what its steps were told before.
            case StopReason.Requested:
                all.Require(stop.Message is not null || all.LosesRequests || all.IsTakenForEarlier(this), $"{id} did not hear of its cancel, and took its step's word for it.");
                break;
            // Code that lets out that its step was superseded ends its run; which step is the newest, the gate's witness knows.
            case StopReason.Superseded when request.StepGates.IsEmpty:
                CheckSuperseded(stop);
                break;
            case StopReason.Timeout:
                all.Require(
                    stop.RequestedAt >= Record.StartedAt + request.Timeout.Value + _given,
                    $"{id} timed out too early.");
                break;
            case StopReason.ScheduleTimeout:
                all.Require(
                    stop.RequestedAt >= request.QueuedAt + request.ScheduleTimeout.Value && Record.StartedAt is null,
                    $"{id} timed out in line too early.");
                break;
        }
    }

    private void Hear(IReadOnlyList<HistoryEvent> history)
    {
        foreach (EventRaised raised in history.OfType<EventRaised>())
        {
            switch (ProtocolWitness.ReadMessage(raised.Payload))
            {
                // What comes late for an earlier run of the id gives this one nothing.
                case { Kind: RunMessageKind.Extend, By: { } by, Id: { } extension, Life: var life }
                    when Record.Stop is null && (life is null || life == request.Life) && _extensions.Add(extension):
                    _given += by.Value;
                    break;
                case { Kind: RunMessageKind.Stop, Step: { } step }:
                    _stoppedSteps.Add(step);
                    break;
            }
        }
    }

    private void CheckSuperseded(StopRequest stop)
    {
        // Its gate has seen the earlier run leave, and turns this one away.
        if (all.IsTakenForEarlier(this))
            return;
        all.Require(
            request.Gates.Any(gate => gate.Rule.Strategy == ConcurrencyStrategy.CancelInProgress
                && all.CountNewer(this, gate.Gate) >= all.LeastOf(this, gate)),
            $"{id} was superseded although it is one of the newest.");
        all.Require(
            all.LivesOf(stop.SupersededBy!).Any(newer => newer.Request.QueuedAt >= request.QueuedAt - all.ClockError),
            $"{id} was superseded by {stop.SupersededBy}, which is not newer.");
    }

    /// <summary>A run has the tokens that its gates gave it, and all of them when its code runs.</summary>
    private void CheckTokens()
    {
        if (all.ForgetsAdmissions)
            return;
        for (int index = 0; index < Record.FencingTokens.Length; index++)
        {
            all.Require(
                all.Gates[request.Gates[index].Gate].Gave(Holder, Record.FencingTokens[index]),
                $"{id} has the token {Record.FencingTokens[index]}, which its gate did not give it.");
        }

        if (Record.Status is RunStatus.Running or RunStatus.Stopping)
        {
            all.Require(
                Record.FencingTokens.Length == request.Gates.Length,
                $"{id} runs with {Record.FencingTokens.Length} tokens of {request.Gates.Length}.");
        }
    }

    private void Follow(Decision decision)
    {
        switch (decision)
        {
            case EntityCalled called:
                Follow(called.Entity, called.Operation, called.Input);
                break;
            case EntitySignaled signaled:
                Follow(signaled.Entity, signaled.Operation, signaled.Input);
                break;
        }
    }

    /// <summary>It asks an entity for something, be it in a turn that is lost.</summary>
    public void Follow(string entity, string operation, string? input)
    {
        string? gate = operation is nameof(ConcurrencyGate.Leave) or nameof(ConcurrencyGate.Release) ? entity : null;
        // A run also has others struck off, whom it found dead.
        LeaveRequest leave = gate is null ? new LeaveRequest([], Holder) : JsonSerializer.Deserialize<LeaveRequest>(input!)!;
        foreach (string holder in leave.RunIds)
        {
            if (leave.Returns)
            {
                all.GateOf(ProtocolWitness.KeyOf(gate!)).StepsOut(holder);
                continue;
            }

            if (HolderId.Parse(holder).RunId == id && _left.Add((ProtocolWitness.KeyOf(gate!), holder)) && holder == Holder)
                CheckLeave(gate!);
        }
    }

    /// <summary>While a step works, only the end of the grace lets its run go.</summary>
    private void CheckLeave(string gate)
    {
        if (_open.Count > 0 && Record.Stop is { } stop)
            CheckGrace(stop);
        all.Require(_open.Count == 0 || Record.Stop is not null, $"{id} left {gate} while a step of its ran.");
    }

    private void CheckGrace(StopRequest stop) => all.Require(
        all.Now >= stop.RequestedAt + stop.Grace!.Value.Value, $"{id} was ended by force {all.Now - stop.RequestedAt} after its stop.");

    private void CheckEnd()
    {
        all.Require(Record.Status.IsTerminal() && Record.EndedAt is not null, $"{id} ended as {Record.Status}.");
        if (Record.Stop is { } stop)
        {
            TimeSpan taken = Record.EndedAt!.Value - stop.RequestedAt;
            all.Require(taken <= stop.Grace!.Value.Value + Slack + all.ClockError, $"{id} took {taken} to stop, with a grace of {stop.Grace}.");
        }

        else if (!request.Timeout.IsNever && Record.StartedAt is { } started)
        {
            all.Require(
                Record.EndedAt <= started + request.Timeout.Value + _given + Slack, $"{id} outlived its timeout of {request.Timeout}.");
        }

        bool isExplained = (Record.Status, Record.Stop?.Reason) switch
        {
            (RunStatus.Succeeded, _) => true,
            (RunStatus.TimedOut, StopReason.Timeout or StopReason.ScheduleTimeout) => true,
            // Of a step that is over its own time too.
            (RunStatus.Failed or RunStatus.TimedOut, _) => all.MayFail(id),
            (RunStatus.Cancelled, StopReason.Requested) => all.WasCancelled(id),
            (RunStatus.Cancelled, StopReason.Superseded or StopReason.Self or StopReason.Shutdown) => true,
            (RunStatus.Cancelled, StopReason.Parent) => request.ParentId is not null,
            (RunStatus.Cancelled, null) => !request.StepGates.IsEmpty,
            // One that another has called is turned away where it needs the slot of its caller, also when it has to enter again.
            (RunStatus.Rejected or RunStatus.Cancelled, StopReason.GateFull) when !request.Callers.IsEmpty => true,
            (RunStatus.Cancelled, StopReason.GateFull) => Has(ConcurrencyStrategy.CancelNewest) || !request.StepGates.IsEmpty,
            (RunStatus.Rejected, StopReason.GateFull) when Record.Stop!.RetryAt is not null => request.Gates.Any(gate => gate.Rule.Rate is not null),
            // At a throttle that rejects, while it is paused.
            (RunStatus.Rejected, StopReason.GateFull) when request.Gates.Any(gate => gate.Rule.Rate is not null) => true,
            (RunStatus.Rejected, StopReason.GateFull) => Has(ConcurrencyStrategy.Queue) || Has(ConcurrencyStrategy.RoundRobin),
            _ => false,
        };
        all.Require(isExplained, $"{id} ended as {Record.Status} with the stop {Record.Stop?.Reason}.");
    }

    private bool Has(ConcurrencyStrategy strategy) => request.Gates.Any(gate => gate.Rule.Strategy == strategy);
}
