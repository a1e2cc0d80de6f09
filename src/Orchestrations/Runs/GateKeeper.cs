using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>A run's dealings with its gates: it enters them in order, and leaves all that it has entered.</summary>
internal sealed class GateKeeper(RunSupervisor run, TaskOrchestrationContext context)
{
    /// <summary>How long a run waits at a gate before it asks again; each time longer.</summary>
    private static readonly TimeSpan FirstPause = GateRules.CheckInterval;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly List<RunGate> _entered = [];
    private readonly HashSet<string> _contended = [];
    private RunGate? _awaited;
    private TaskCompletionSource<long>? _admission;

    /// <summary>Whether a gate has turned the run away because too many were waiting.</summary>
    public bool IsRejected { get; private set; }

    /// <summary>Enters every gate; false when the run was stopped before it held them all.</summary>
    public async Task<bool> EnterAsync()
    {
        foreach (RunGate gate in run.Request.Gates)
        {
            if (run.IsStopped || await EnterAsync(gate) is not { } token)
                return false;
            run.Update(run.Record.Admit(token));
        }

        return !run.IsStopped;
    }

    /// <summary>The fencing token; null when the run is stopped instead.</summary>
    private async Task<long?> EnterAsync(RunGate gate)
    {
        _entered.Add(gate);
        // Made before the call: an admission by somebody else may overtake the gate's answer.
        _awaited = gate;
        _admission = new TaskCompletionSource<long>();
        GateReply reply = await AskAsync(gate);
        for (TimeSpan pause = FirstPause; reply.Verdict == GateVerdict.Wait; pause = pause < LongestPause ? pause * 2 : pause)
        {
            await WaitAsync(pause);
            if (run.IsStopped)
                return null;
            if (_admission.Task.IsCompletedSuccessfully)
                return await _admission.Task;
            reply = await AskAsync(gate);
            if (!reply.Suspects.IsEmpty)
                await StrikeOffDeadAsync(gate, reply.Suspects);
        }

        if (reply.Verdict == GateVerdict.Admitted)
            return reply.Token;
        Forget(gate.Gate);
        run.RequestStop(Refusal(gate, reply));
        return null;
    }

    private async Task<GateReply> AskAsync(RunGate gate)
    {
        RunAge self = new(run.RunId, run.Request.QueuedAt);
        GateReply reply = await context.Entities.CallEntityAsync<GateReply>(
            Entity(gate.Gate), nameof(ConcurrencyGate.Enter), new EnterRequest(self, gate, run.Request.Priority, run.Now));
        foreach (GateStop stop in reply.Stops)
            Send(stop.RunId, RunMessage.ForSupersession(gate.Gate, stop, run.Now));
        Tell(gate.Gate, reply.Admissions);
        return reply;
    }

    private StopRequest Refusal(RunGate gate, GateReply reply)
    {
        IsRejected = reply.Verdict == GateVerdict.QueueFull;
        return new StopRequest
        {
            Reason = reply.Verdict is GateVerdict.Full or GateVerdict.QueueFull ? StopReason.GateFull : StopReason.Superseded,
            SupersededBy = reply.SupersededBy,
            RequestedAt = run.Now,
            Message = reply.Verdict switch
            {
                GateVerdict.Full => $"{gate.Rule.MaxRuns} runs of this key were running, as many as there may be.",
                GateVerdict.QueueFull => $"{gate.Rule.MaxQueued} runs were waiting, as many as there may be.",
                _ => null,
            },
        };
    }

    /// <summary>Waits until a gate admits the run, until it is stopped, or for so long.</summary>
    private async Task WaitAsync(TimeSpan pause)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(run.StopToken);
        Task sleep = run.SleepUntilAsync(context.CurrentUtcDateTime + pause, timer.Token);
        await Task.WhenAny(_admission!.Task, sleep);
        timer.Cancel();
    }

    /// <summary>
    /// Runs that were terminated or purged past their supervisor still stand in the gate's books. Who waits for them looks at
    /// their instances, and has the dead struck off: a leak can only hurt someone who waits, and whoever waits repairs it.
    /// </summary>
    private async Task StrikeOffDeadAsync(RunGate gate, ImmutableArray<string> suspects)
    {
        ImmutableArray<string> dead;
        try
        {
            dead = await context.CallActivityAsync<ImmutableArray<string>>(
                PreemptFunctions.FindEnded, new FindEndedRequest(suspects));
        }
        catch (TaskFailedException exception)
        {
            run.Logger.LogWarning(exception, "Run {Run} could not look at the runs before it; it will try again", run.RunId);
            return;
        }

        if (dead.IsEmpty)
            return;
        run.Logger.LogWarning("Gate {Gate} held slots for runs that have ended: {Runs}", gate.Gate, dead);
        Tell(gate.Gate, await context.Entities.CallEntityAsync<ImmutableArray<GateAdmission>>(
            Entity(gate.Gate), nameof(ConcurrencyGate.Leave), new LeaveRequest(dead)));
    }

    /// <summary>A gate has admitted the run.</summary>
    public void Admitted(string gate, long token, bool othersWait)
    {
        if (_awaited?.Gate != gate)
            return;
        if (othersWait)
            _contended.Add(gate);
        _admission!.TrySetResult(token);
    }

    /// <summary>A gate has struck the run off: there is nothing to leave.</summary>
    public void Forget(string gate) => _entered.RemoveAll(entered => entered.Gate == gate);

    /// <summary>
    /// Leaves every gate. Where somebody is likely to wait the gate is called, and they are told from here; elsewhere a signal,
    /// which costs less, will do.
    /// </summary>
    public async Task LeaveAsync()
    {
        LeaveRequest self = new([run.RunId]);
        bool isSuperseded = run.Record.Stop?.Reason == StopReason.Superseded;
        foreach (RunGate gate in _entered.ToArray())
        {
            if (isSuperseded || _contended.Contains(gate.Gate))
            {
                Tell(gate.Gate, await context.Entities.CallEntityAsync<ImmutableArray<GateAdmission>>(
                    Entity(gate.Gate), nameof(ConcurrencyGate.Leave), self));
            }
            else
            {
                await context.Entities.SignalEntityAsync(Entity(gate.Gate), nameof(ConcurrencyGate.Release), self);
            }
        }

        _entered.Clear();
    }

    private void Tell(string gate, ImmutableArray<GateAdmission> admissions)
    {
        foreach (GateAdmission admission in admissions)
        {
            if (admission.RunId == run.RunId)
                Admitted(gate, admission.Token, admission.OthersWait);
            else
                Send(admission.RunId, RunMessage.ForAdmission(gate, admission));
        }
    }

    private void Send(string runId, RunMessage message) => context.SendEvent(runId, RunMessage.EventName, message);

    private static EntityInstanceId Entity(string gate) => new(PreemptFunctions.Gate, gate);
}
