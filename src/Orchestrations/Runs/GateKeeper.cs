using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>A run's dealings with its gates: it enters them in order, and leaves all that it has entered.</summary>
internal sealed class GateKeeper(RunSupervisor run, TaskOrchestrationContext context)
{
    private readonly List<RunGate> _entered = [];
    private RunGate? _awaited;
    private TaskCompletionSource<long>? _admission;

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
        RunAge self = new(run.RunId, run.Request.QueuedAt);
        GateReply reply = await context.Entities.CallEntityAsync<GateReply>(
            Entity(gate.Gate), nameof(ConcurrencyGate.Enter), new EnterRequest(self, gate));
        foreach (GateStop stop in reply.Stops)
            Send(stop.RunId, RunMessage.ForSupersession(gate.Gate, stop, run.Now));
        Tell(gate.Gate, reply.Admissions);
        switch (reply.Verdict)
        {
            case GateVerdict.Admitted:
                return reply.Token;
            case GateVerdict.Wait:
                return await WaitAsync(_admission.Task);
            default:
                Forget(gate.Gate);
                run.RequestStop(new StopRequest
                {
                    Reason = StopReason.Superseded,
                    SupersededBy = reply.SupersededBy,
                    RequestedAt = run.Now,
                });
                return null;
        }
    }

    private async Task<long?> WaitAsync(Task<long> admission)
    {
        TaskCompletionSource stopped = new();
        using CancellationTokenRegistration registration = run.StopToken.Register(() => stopped.TrySetResult());
        await Task.WhenAny(admission, stopped.Task);
        return admission.IsCompletedSuccessfully && !run.IsStopped ? await admission : null;
    }

    /// <summary>A gate has admitted the run.</summary>
    public void Admitted(string gate, long token)
    {
        if (_awaited?.Gate == gate)
            _admission!.TrySetResult(token);
    }

    /// <summary>A gate has struck the run off: there is nothing to leave.</summary>
    public void Forget(string gate) => _entered.RemoveAll(entered => entered.Gate == gate);

    /// <summary>
    /// Leaves every gate. Where somebody is known to wait the gate is called, and they are told from here; elsewhere a signal,
    /// which costs less, will do.
    /// </summary>
    public async Task LeaveAsync()
    {
        LeaveRequest self = new(run.RunId);
        bool maySomeoneWait = run.Record.Stop?.Reason == StopReason.Superseded;
        foreach (RunGate gate in _entered)
        {
            if (maySomeoneWait)
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
            Send(admission.RunId, RunMessage.ForAdmission(gate, admission));
    }

    private void Send(string runId, RunMessage message) => context.SendEvent(runId, RunMessage.EventName, message);

    private static EntityInstanceId Entity(string gate) => new(PreemptFunctions.Gate, gate);
}
