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
    /// <summary>
    /// How long a run waits at a gate before it asks again: about as long as it has waited until then, so that the history of a run that waits for
    /// weeks stays short. A slot that has leaked is found sooner where runs come after it: whoever asks looks for the dead.
    /// </summary>
    private static readonly TimeSpan FirstPause = GateRules.CheckInterval;
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly List<GateVisit> _visits = [];

    /// <summary>The run's own, in the order of its rules.</summary>
    private readonly List<GateVisit> _own = [];

    private Task? _return;

    /// <summary>Whether a gate has turned the run away because too many were waiting.</summary>
    public bool IsRejected { get; private set; }

    /// <summary>Enters every gate of the run; false when the run was stopped before it held them all.</summary>
    public async Task<bool> EnterAsync()
    {
        foreach (RunGate gate in run.Request.Gates)
        {
            if (run.IsStopped)
                return false;
            GateVisit visit = new(gate, new RunAge(run.HolderOf(step: null), run.Request.QueuedAt));
            _own.Add(visit);
            if (!await EnterAsync(visit, run.StopToken))
            {
                if (visit.WasThereBefore && _own.Count == 1 && await run.FindRestartAsync())
                    return false;
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
        return await AskUntilAnsweredAsync(visit, stop);
    }

    /// <summary>The slots of the run and of one of its steps that nobody has found in the gates' books yet.</summary>
    public ImmutableArray<GateSlot> SlotsToFind(OpenStep step) =>
        [.. _own.Concat(step.Visits).Where(visit => !visit.IsInBooks && !visit.IsStruckOff && !visit.HasLeft).Select(visit => visit.Slot)];

    /// <summary>These slots are in the gates' books.</summary>
    public void Found(OpenStep step, ImmutableArray<GateSlot> slots)
    {
        foreach (GateVisit visit in _own.Concat(step.Visits).Where(visit => slots.Contains(visit.Slot)))
            visit.IsInBooks = true;
    }

    /// <summary>
    /// Enters gates again that do not have in their books what they have answered; those that do answer the same. The run, or the step, is
    /// stopped where its place is taken.
    /// </summary>
    /// <param name="step">The step that was to begin.</param>
    /// <param name="stop">Gives up waiting.</param>
    /// <returns>Whether the step may begin.</returns>
    public async Task<bool> ReturnAsync(OpenStep step, CancellationToken stop)
    {
        // Nobody waits at a gate who is inside a later one: two that wait for each other would wait for ever.
        foreach (GateVisit visit in step.Visits)
            await StepOutAsync(visit);
        Task returned = _return ??= ReturnAsync();
        await returned;
        if (_return == returned)
            _return = null;
        foreach (GateVisit visit in step.Visits)
        {
            if (stop.IsCancellationRequested)
                return false;
            if (await AskUntilAnsweredAsync(visit, stop))
                continue;
            if (visit.Refusal is { } refusal)
                step.TryStop(refusal);
            return false;
        }

        return !stop.IsCancellationRequested;
    }

    /// <summary>Of the run's own gates, for all steps that wait for it. None of its steps has begun if there are such gates.</summary>
    private async Task ReturnAsync()
    {
        int first = _own.FindIndex(static visit => !visit.IsInBooks);
        if (first < 0)
            return;
        for (int index = _own.Count - 1; index >= first; index--)
            await StepOutAsync(_own[index]);
        for (int index = first; index < _own.Count && !run.IsStopped; index++)
        {
            GateVisit visit = _own[index];
            if (await AskUntilAnsweredAsync(visit, run.StopToken))
                run.Update(run.Record.Readmit(index, visit.Token));
            else if (visit.Refusal is { } refusal)
                run.RequestStop(refusal);
        }
    }

    private async Task StepOutAsync(GateVisit visit)
    {
        run.Logger.LogWarning("{Visitor} enters gate {Gate} again: one of its gates does not know what it has answered", visit.Age.RunId, visit.Gate.Gate);
        visit.Forget();
        await CallLeaveAsync(visit.Gate, new LeaveRequest([visit.Age.RunId], By: visit.Age.RunId, Returns: true));
    }

    private async Task<bool> AskUntilAnsweredAsync(GateVisit visit, CancellationToken stop)
    {
        GateReply reply = await AskAsync(visit);
        visit.WasThereBefore = reply.HasBeenHere && !visit.Returns;
        if (reply is { Verdict: GateVerdict.Full or GateVerdict.QueueFull, Suspects.IsEmpty: false })
        {
            // Perhaps no run that lives waits here and would find the dead ones, so a refused run looks now and then.
            await StrikeOffDeadAsync(visit.Gate, visit.Age.RunId, reply.Suspects);
            reply = await AskAsync(visit);
        }

        // Each is a timer in the histories of runs in flight: to make other pauses is to change the protocol.
        for (TimeSpan pause = reply.Pause ?? FirstPauseOf(reply.Ahead);
            reply.Verdict == GateVerdict.Wait;
            pause = reply.Pause ?? (pause < LongestPause ? pause * 2 : pause))
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
                await StrikeOffDeadAsync(visit.Gate, visit.Age.RunId, reply.Suspects);
        }

        if (reply.Verdict == GateVerdict.Admitted)
        {
            visit.Token = reply.Token;
            return true;
        }

        visit.HasLeft = true;
        visit.IsRejected = reply.Verdict is GateVerdict.QueueFull or GateVerdict.WaitsForItself;
        visit.Refusal = Refusal(visit, reply);
        return false;
    }

    /// <summary>
    /// Who stands far back in the line has long to wait, and asks later: if all of ten thousand asked after 15 seconds, the run that frees a slot would
    /// have to wait for their answers. So a line of any length asks some forty times a second at most.
    /// </summary>
    private static TimeSpan FirstPauseOf(int ahead)
    {
        const int Near = 100;
        TimeSpan pause = FirstPause * Math.Max(1, ahead / Near);
        return pause < LongestPause ? pause : LongestPause;
    }

    private async Task<GateReply> AskAsync(GateVisit visit)
    {
        RunGate gate = visit.Gate;
        visit.Asks();
        GateReply reply = await context.CallEntityAsync<GateReply>(
            ConcurrencyGate.Of(gate.Gate), nameof(ConcurrencyGate.Enter), new EnterRequest(visit.Age, gate, run.Request.Priority, visit.Returns)
            {
                Callers = CallersOf(visit),
                Workflow = gate.Rule.Name is null ? null : run.Request.Workflow,
            });
        foreach (GateStop stop in reply.Stops)
            Send(stop.RunId, RunMessage.ForSupersession(gate.Gate, stop, run.Now));
        Tell(gate.Gate, reply.Admissions);
        Measure(visit);
        return reply;
    }

    /// <summary>Who waits for a visitor: the callers of the run; for a step the run too.</summary>
    private ImmutableArray<string> CallersOf(GateVisit visit) =>
        HolderId.Parse(visit.Age.RunId).Step is null ? run.Request.Callers : run.CallersOfOthers;

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
            Reason = reply.Verdict is GateVerdict.Full or GateVerdict.QueueFull or GateVerdict.WaitsForItself ? StopReason.GateFull : StopReason.Superseded,
            SupersededBy = reply.SupersededBy is { } holder ? HolderId.Parse(holder).RunId : null,
            RequestedAt = run.Now,
            RetryAt = reply.RetryAt,
            Message = reply.Verdict switch
            {
                _ when reply.IsPaused => "The rule is paused: none starts until it is resumed.",
                GateVerdict.QueueFull when rule is { Rate: { } rate, Strategy: ConcurrencyStrategy.CancelNewest } =>
                    $"Too many {visitors} of this key were started: there may be {rate}, {rule.MaxRuns} of them at the same moment.",
                GateVerdict.Full => $"{(reply.MaxRuns > 0 ? reply.MaxRuns : rule.MaxRuns)} {visitors} of this key were running, as many as there may be.",
                GateVerdict.QueueFull when rule.Strategy == ConcurrencyStrategy.RoundRobin =>
                    $"{rule.MaxQueued} {visitors} of this key, or {rule.MaxQueuedTotal} of all keys, were waiting, as many as there may be.",
                GateVerdict.QueueFull => $"{rule.MaxQueued} {visitors} were waiting, as many as there may be.",
                GateVerdict.WaitsForItself =>
                    $"It needs the slot of run {HolderId.Parse(reply.Caller!).RunId}, which called it and waits for it. "
                    + "Give it another key, let more runs of a key run, or start it detached.",
                _ => null,
            },
        };
    }

    /// <summary>Waits until the gate admits the visitor, or has it ask again, until the wait is given up, or for so long.</summary>
    private async Task WaitAsync(GateVisit visit, TimeSpan pause, CancellationToken stop)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task sleep = run.SleepUntilAsync(context.CurrentUtcDateTime + pause, timer.Token);
        await Task.WhenAny(visit.Admission, visit.AsksAgain, sleep);
        timer.Cancel();
    }

    /// <summary>
    /// Runs that were terminated or purged past their supervisor still stand in the gate's books, and so may a run or a step whose farewell was
    /// lost. Who waits for them looks at their instances, and has the dead struck off: a leak can only hurt someone who waits, and whoever waits
    /// repairs it.
    /// </summary>
    private async Task StrikeOffDeadAsync(RunGate gate, string self, ImmutableArray<string> suspects)
    {
        // Of its own steps the run knows best.
        ImmutableArray<string> own = [.. suspects.Where(suspect => run.Is(HolderId.Parse(suspect)))];
        ImmutableArray<string> dead =
        [
            .. own.Where(suspect => !_visits.Exists(visit => visit.Gate.Gate == gate.Gate && visit.Age.RunId == suspect)),
            .. await FindDeadAsync(suspects.RemoveRange(own)),
        ];
        if (dead.IsEmpty)
            return;
        run.Logger.LogWarning("Gate {Gate} held slots for runs that have ended: {Runs}", gate.Gate, dead);
        await CallLeaveAsync(gate, new LeaveRequest(dead, By: self, AreDead: true));
    }

    private async Task<ImmutableArray<string>> FindDeadAsync(ImmutableArray<string> suspects)
    {
        if (suspects.IsEmpty)
            return [];
        try
        {
            return await context.CallEntityAsync<ImmutableArray<string>>(
                ControlPlane.LooksOf(run.RunId), nameof(ControlPlane.FindEnded), new FindEndedRequest(suspects));
        }
        catch (EntityOperationFailedException exception)
        {
            // The next run that asks is sent to look again.
            run.Logger.LogWarning(exception, "Run {Run} could not look at the runs before it", run.RunId);
            return [];
        }
    }

    /// <summary>A gate has admitted the run, or a step of its.</summary>
    public void Admitted(string gate, int? step, long token, bool othersWait)
    {
        if (Find(gate, step) is not { } visit)
            return;
        visit.IsContended |= othersWait;
        visit.Admit(token);
    }

    /// <summary>A gate has something new to say to the run, or a step of its.</summary>
    public void AskAgain(string gate, int? step) => Find(gate, step)?.AskAgain();

    /// <summary>A gate wants its slot back for a new run, or has struck the visitor off already.</summary>
    public void Superseded(string gate, int? step, bool hasLeft)
    {
        if (Find(gate, step) is not { } visit)
            return;
        visit.IsContended = true;
        visit.IsStruckOff |= hasLeft;
    }

    private GateVisit? Find(string gate, int? step)
    {
        string self = run.HolderOf(step);
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
        // One that was struck off while it waited is not in the books; one that was admitted says that it has heard.
        if (visit.HasLeft || (visit.IsStruckOff && visit.Token == 0) || (!visit.Gate.Rule.HasSlots && visit.Token > 0))
            return;
        visit.HasLeft = true;
        LeaveRequest self = new([visit.Age.RunId], By: visit.Age.RunId);
        bool isStep = HolderId.Parse(visit.Age.RunId).Step is not null;
        if (visit.IsStruckOff || (!visit.IsContended && !isStep && visit.Gate.Rule.HasSlots))
        {
            await context.Entities.SignalEntityAsync(ConcurrencyGate.Of(visit.Gate.Gate), nameof(ConcurrencyGate.Release), self);
            return;
        }

        try
        {
            await CallLeaveAsync(visit.Gate, self);
        }
        catch (EntityOperationFailedException exception)
        {
            // What the run has done stays done; waiting runs find that it has ended.
            run.Logger.LogWarning(exception, "Run {Run} could not leave gate {Gate}", run.RunId, visit.Gate.Gate);
        }
    }

    /// <summary>Has visitors struck off, and tells those who are admitted for them.</summary>
    private async Task CallLeaveAsync(RunGate gate, LeaveRequest request) =>
        Tell(gate.Gate, await context.CallEntityAsync<ImmutableArray<GateAdmission>>(ConcurrencyGate.Of(gate.Gate), nameof(ConcurrencyGate.Leave), request));

    private void Tell(string gate, ImmutableArray<GateAdmission> admissions)
    {
        foreach (GateAdmission admission in admissions)
            Send(admission.RunId, RunMessage.ForAdmission(gate, admission));
    }

    /// <summary>Steps of one run may meet at a gate: between them no message is sent.</summary>
    private void Send(string holder, RunMessage message)
    {
        string runId = HolderId.Parse(holder).RunId;
        if (runId == run.RunId)
            run.Receive(message);
        else
            context.SendEvent(runId, RunMessage.EventName, message);
    }
}
