using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// A run's dealings with gates: its own, which it enters in order before its code begins, and those around its steps. It carries
/// the gates' messages to others, and sees to it that all that was entered is left.
/// </summary>
internal sealed class GateKeeper(RunSupervisor run, TaskOrchestrationContext context)
{
    /// <summary>How long a run waits at a gate before it asks again; each time longer.</summary>
    private static readonly TimeSpan FirstPause = GateRules.CheckInterval;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly List<GateVisit> _visits = [];

    /// <summary>Whether a gate has turned the run away because too many were waiting.</summary>
    public bool IsRejected { get; private set; }

    /// <summary>Enters every gate of the run; false when the run was stopped before it held them all.</summary>
    public async Task<bool> EnterAsync()
    {
        foreach (RunGate gate in run.Request.Gates)
        {
            if (run.IsStopped)
                return false;
            GateVisit visit = new(gate, new RunAge(run.RunId, run.Request.QueuedAt));
            if (!await EnterAsync(visit, run.StopToken))
            {
                IsRejected = visit.IsRejected;
                if (visit.Refusal is { } refusal)
                    run.RequestStop(refusal);
                return false;
            }

            run.Update(run.Record.Admit(visit.Token));
        }

        return !run.IsStopped;
    }

    /// <summary>Enters a gate; false when it turned the visitor away, or the wait was given up.</summary>
    /// <param name="visit">The stay that begins.</param>
    /// <param name="stop">Gives up waiting; what was entered is still to be left.</param>
    public async Task<bool> EnterAsync(GateVisit visit, CancellationToken stop)
    {
        _visits.Add(visit);
        GateReply reply = await AskAsync(visit);
        if (reply is { Verdict: GateVerdict.Full, Suspects.IsEmpty: false })
        {
            // Nobody waits here who would find the dead: whoever is turned away does, now and then.
            await StrikeOffDeadAsync(visit.Gate, reply.Suspects);
            reply = await AskAsync(visit);
        }

        for (TimeSpan pause = FirstPause; reply.Verdict == GateVerdict.Wait; pause = pause < LongestPause ? pause * 2 : pause)
        {
            await WaitAsync(visit, pause, stop);
            if (stop.IsCancellationRequested)
                return false;
            if (visit.Admission.IsCompletedSuccessfully)
            {
                visit.Token = await visit.Admission;
                Measure(visit);
                return true;
            }

            reply = await AskAsync(visit);
            if (!reply.Suspects.IsEmpty)
                await StrikeOffDeadAsync(visit.Gate, reply.Suspects);
        }

        if (reply.Verdict == GateVerdict.Admitted)
        {
            visit.Token = reply.Token;
            return true;
        }

        visit.HasLeft = true;
        visit.IsRejected = reply.Verdict == GateVerdict.QueueFull;
        visit.Refusal = Refusal(visit, reply);
        return false;
    }

    private async Task<GateReply> AskAsync(GateVisit visit)
    {
        RunGate gate = visit.Gate;
        GateReply reply = await context.CallEntityAsync<GateReply>(
            Entity(gate.Gate), nameof(ConcurrencyGate.Enter), new EnterRequest(visit.Age, gate, run.Request.Priority, run.Now));
        foreach (GateStop stop in reply.Stops)
            Send(stop.RunId, RunMessage.ForSupersession(gate.Gate, stop, run.Now));
        Tell(gate.Gate, reply.Admissions);
        Measure(visit);
        return reply;
    }

    private void Measure(GateVisit visit)
    {
        if (!context.IsReplaying)
            GateTelemetry.Waited(run.Request.Workflow, run.Now - visit.Age.QueuedAt);
    }

    private StopRequest Refusal(GateVisit visit, GateReply reply)
    {
        string visitors = HolderId.Parse(visit.Age.RunId).Step is null ? "runs" : "steps";
        ConcurrencyRule rule = visit.Gate.Rule;
        return new StopRequest
        {
            Reason = reply.Verdict is GateVerdict.Full or GateVerdict.QueueFull ? StopReason.GateFull : StopReason.Superseded,
            SupersededBy = reply.SupersededBy is { } holder ? HolderId.Parse(holder).RunId : null,
            RequestedAt = run.Now,
            Message = reply.Verdict switch
            {
                GateVerdict.Full => $"{rule.MaxRuns} {visitors} of this key were running, as many as there may be.",
                GateVerdict.QueueFull => $"{rule.MaxQueued} {visitors} were waiting, as many as there may be.",
                _ => null,
            },
        };
    }

    /// <summary>Waits until the gate admits the visitor, until the wait is given up, or for so long.</summary>
    private async Task WaitAsync(GateVisit visit, TimeSpan pause, CancellationToken stop)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task sleep = run.SleepUntilAsync(context.CurrentUtcDateTime + pause, timer.Token);
        await Task.WhenAny(visit.Admission, sleep);
        timer.Cancel();
    }

    /// <summary>
    /// Runs that were terminated or purged past their supervisor still stand in the gate's books. Who waits for them looks at
    /// their instances, and has the dead struck off: a leak can only hurt someone who waits, and whoever waits repairs it.
    /// </summary>
    private async Task StrikeOffDeadAsync(RunGate gate, ImmutableArray<string> suspects)
    {
        ImmutableArray<string> dead = await FindDeadAsync(suspects);
        if (dead.IsEmpty)
            return;
        run.Logger.LogWarning("Gate {Gate} held slots for runs that have ended: {Runs}", gate.Gate, dead);
        Tell(gate.Gate, await context.CallEntityAsync<ImmutableArray<GateAdmission>>(
            Entity(gate.Gate), nameof(ConcurrencyGate.Leave), new LeaveRequest(dead)));
    }

    private async Task<ImmutableArray<string>> FindDeadAsync(ImmutableArray<string> suspects)
    {
        const int MaxAttempts = 5;
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            try
            {
                return await context.CallActivityAsync<ImmutableArray<string>>(PreemptFunctions.FindEnded, new FindEndedRequest(suspects));
            }
            catch (TaskFailedException exception)
            {
                run.Logger.LogWarning(exception, "Run {Run} could not look at the runs before it, attempt {Attempt}", run.RunId, attempt);
            }
        }

        return [];
    }

    /// <summary>A gate has admitted the run, or a step of its.</summary>
    public void Admitted(string gate, int? step, long token, bool othersWait)
    {
        if (Find(gate, step) is not { } visit)
            return;
        visit.IsContended |= othersWait;
        visit.Admit(token);
    }

    /// <summary>A gate wants its slot back for a newcomer, or has struck the visitor off already: then there is nothing to leave.</summary>
    public void Superseded(string gate, int? step, bool hasLeft)
    {
        if (Find(gate, step) is not { } visit)
            return;
        visit.IsContended = true;
        visit.HasLeft |= hasLeft;
    }

    private GateVisit? Find(string gate, int? step)
    {
        string self = new HolderId(run.RunId, step).ToString();
        return _visits.Find(visit => visit.Gate.Gate == gate && visit.Age.RunId == self);
    }

    /// <summary>Leaves every gate.</summary>
    public async Task LeaveAsync()
    {
        foreach (GateVisit visit in _visits.ToArray())
            await LeaveAsync(visit);
    }

    /// <summary>
    /// Leaves a gate. Where somebody is likely to wait the gate is called, and they are told from here; elsewhere a signal, which
    /// costs less, will do: should it be lost, whoever waits finds that the run has ended. Of a step nobody could find that, as long as its
    /// run goes on.
    /// </summary>
    public async Task LeaveAsync(GateVisit visit)
    {
        _visits.Remove(visit);
        if (visit.HasLeft)
            return;
        visit.HasLeft = true;
        EntityInstanceId gate = Entity(visit.Gate.Gate);
        LeaveRequest self = new([visit.Age.RunId]);
        bool isStep = HolderId.Parse(visit.Age.RunId).Step is not null;
        if (!visit.IsContended && !isStep)
        {
            await context.Entities.SignalEntityAsync(gate, nameof(ConcurrencyGate.Release), self);
            return;
        }

        try
        {
            Tell(visit.Gate.Gate, await context.CallEntityAsync<ImmutableArray<GateAdmission>>(gate, nameof(ConcurrencyGate.Leave), self));
        }
        catch (EntityOperationFailedException exception)
        {
            // What the run has done stands; whoever waits finds that it has ended.
            run.Logger.LogWarning(exception, "Run {Run} could not leave gate {Gate}", run.RunId, visit.Gate.Gate);
        }
    }

    private void Tell(string gate, ImmutableArray<GateAdmission> admissions)
    {
        foreach (GateAdmission admission in admissions)
        {
            HolderId holder = HolderId.Parse(admission.RunId);
            if (holder.RunId == run.RunId)
                Admitted(gate, holder.Step, admission.Token, admission.OthersWait);
            else
                Send(admission.RunId, RunMessage.ForAdmission(gate, admission));
        }
    }

    /// <summary>Steps of one run may meet at a gate: what one has to say to another need not travel.</summary>
    private void Send(string holder, RunMessage message)
    {
        string runId = HolderId.Parse(holder).RunId;
        if (runId == run.RunId)
            run.Receive(message);
        else
            context.SendEvent(runId, RunMessage.EventName, message);
    }

    private static EntityInstanceId Entity(string gate) => new(PreemptFunctions.Gate, gate);
}
