using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// One run's life, in the same orchestration as the workflow's code: admission, execution, stopping, exit. It lets the code see
/// a <see cref="CancellationToken"/>, and sees to it that the run ends whatever the code does.
/// </summary>
#pragma warning disable CA1001 // Lives as long as its orchestration is in memory, and nothing says when that ends.
internal sealed class RunSupervisor
#pragma warning restore CA1001
{
    /// <summary>How many of the first messages are kept, in case the run must continue as new.</summary>
    private const int MaxEarly = 100;

    private static readonly TimeSpan FirstReminder = TimeSpan.FromSeconds(2);

    /// <summary>Shorter than the feed keeps a notice: a step that begins elsewhere meanwhile finds one there.</summary>
    private static readonly TimeSpan LastReminder = TimeSpan.FromMinutes(8);

    /// <summary>How long a run waits for a stop request that only its step has heard of.</summary>
    private static readonly TimeSpan StopRequestTimeout = TimeSpan.FromSeconds(30);

    private readonly TaskOrchestrationContext _context;
    private readonly Workflow _workflow;
    private readonly TracedDetails _traced;
    private readonly RunSteps _steps;
    private readonly StepWorkers _workers;
    private readonly GateKeeper _gates;
    private readonly RunDeadlines _deadlines;
    private readonly RunHold _hold;
    private readonly RunGrace _grace;
    private readonly RunSubscriptions _subscriptions;
    private readonly RunLifecycle _lifecycle;
    private readonly HeardMessages _heard = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _ended = new();

    /// <summary>What the run was sent before it had entered its gates.</summary>
    private List<RunMessage>? _early = [];

    public RunSupervisor(TaskOrchestrationContext context, RunRequest request, Workflow workflow, WorkflowRegistry registry)
    {
        _context = context;
        _workflow = workflow;
        _traced = registry.Traced;
        Request = request;
        Record = new RunRecord { Held = request.Held, Supervised = SupervisedRun.Of(request) };
        Logger = context.CreateReplaySafeLogger<RunSupervisor>();
        _gates = new GateKeeper(this, context);
        _workers = new StepWorkers(this, context);
        _steps = new RunSteps(this, _gates, _workers, context);
        _deadlines = new RunDeadlines(this, context);
        _hold = new RunHold(this, context);
        _grace = new RunGrace(this, context, TellOthers);
        _subscriptions = new RunSubscriptions(this, context);
        Children = new RunChildren(this, registry, context);
        Events = new RunEvents(this, context);
        _lifecycle = new RunLifecycle(this, context);
    }

    public RunRequest Request { get; }

    public RunRecord Record { get; private set; }

    public RunChildren Children { get; }

    public RunEvents Events { get; }

    public ILogger Logger { get; }

    public string RunId => _context.InstanceId;

    public DateTimeOffset Now => new(_context.CurrentUtcDateTime, TimeSpan.Zero);

    /// <summary>Fires at the first stop request.</summary>
    public CancellationToken StopToken => _stopping.Token;

    /// <summary>Fires when the run exits: what still waits on a timer then must not hold the orchestration open.</summary>
    public CancellationToken EndToken => _ended.Token;

    public bool IsStopped => Record.Stop is not null;

    /// <summary>The request with which the run must continue as new, because it was restarted; null if it was not.</summary>
    public RunRequest? Restarted { get; private set; }

    public Guid NewGuid() => _context.NewGuid();

    /// <summary>What gates know the run by, or a step of its.</summary>
    public string HolderOf(int? step) => Request.HolderOf(RunId, step);

    /// <summary>The runs with gates that wait for what this run has called: its own callers and, last, the run.</summary>
    public ImmutableArray<string> CallersOfOthers => Request.Gates.IsEmpty
        ? Request.Callers
        : [.. Request.Callers.TakeLast(RunRequest.MaxCallers - 1), HolderOf(step: null)];

    /// <summary>Whether it is this run, or a step of its, that stands at a gate.</summary>
    public bool Is(HolderId holder) => holder.RunId == RunId && holder.CanBe(Request.Life);

    public async Task<RunOutcome> RunAsync()
    {
        Update(Record);
        _ = ReadMessagesAsync();
        _deadlines.WatchQueue();
        RunOutcome outcome = await _subscriptions.AddAsync() is { } error ? End(new CodeResult(null, error)) : await LiveAsync();
        // From here on the code, should some of it remain, gets nothing done.
        _ended.Cancel();
        await _subscriptions.RemoveAsync();
        await _gates.LeaveAsync();
        if (Restarted is not null)
            return outcome;
        if (!_context.IsReplaying)
            RunTelemetry.Ended(RunId, Request, outcome, _traced);
        await _lifecycle.PublishEndAsync(outcome);
        if (outcome.Record.Forced)
            await EndByForceAsync(outcome);
        Logger.LogInformation("Run {Run} ended: {Status}", RunId, outcome.Record.Status);
        return outcome;
    }

    private async Task<RunOutcome> LiveAsync()
    {
        await _hold.WaitAsync();
        bool isAdmitted = !StopsBeforeStart() && await _gates.EnterAsync();
        _early = null;
        // The app may have begun to drain while the run waited at its gates.
        await _hold.WaitAsync();
        return isAdmitted && !StopsBeforeStart() ? await ExecuteAsync() : End(CodeResult.Stopped);
    }

    /// <summary>Called if the first gate remembers the run, although the run has not been there: it may have been restarted.</summary>
    /// <returns>Whether it was.</returns>
    public async Task<bool> FindRestartAsync()
    {
        if (Request.IsSupervised || IsStopped)
            return false;
        RunRequest? found = await Restart.FindAfterLeaveAsync(_context, Request);
        if (found is null || IsStopped)
            return false;
        Restarted = found;
        // What was heard until now is for the new run.
        foreach (RunMessage message in _early ?? [])
            _context.SendEvent(RunId, RunMessage.EventName, message);
        return true;
    }

    private bool StopsBeforeStart() => IsStopped || _deadlines.StopsByEndCondition();

    /// <summary>Changes the record; readers see it after this turn.</summary>
    public void Update(RunRecord record)
    {
        Record = record.Fit();
        _context.SetCustomStatus(Record);
    }

    /// <summary>Waits until the time has come: the engine's timers can fire a second early.</summary>
    public async Task SleepUntilAsync(DateTime time, CancellationToken cancellationToken)
    {
        await _context.CreateTimer(time, cancellationToken);
        if (_context.CurrentUtcDateTime < time)
            await _context.CreateTimer(time.AddSeconds(1), cancellationToken);
    }

    /// <summary>
    /// Waits until the time has come, and reminds ever more rarely until then: a notice can be lost with a process, and a step that a
    /// dead process left behind runs again elsewhere.
    /// </summary>
    /// <returns>Whether the time has come; false when who is reminded has ended before, or the run has.</returns>
    public async Task<bool> RemindAsync(DateTime end, Action remind, CancellationToken ended)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ended, EndToken);
        try
        {
            for (TimeSpan pause = FirstReminder; _context.CurrentUtcDateTime < end; pause = pause < LastReminder ? pause * 2 : pause)
            {
                DateTime reminder = _context.CurrentUtcDateTime + pause;
                await SleepUntilAsync(reminder < end ? reminder : end, either.Token);
                if (_context.CurrentUtcDateTime < end)
                    remind();
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Throws where nothing new may begin: the run has ended, or it is to stop and the call is not shielded.</summary>
    public void CheckMayBegin(CancellationToken cancellationToken)
    {
        EndToken.ThrowIfCancellationRequested();
        if (!cancellationToken.CanBeCanceled)
            return;
        StopToken.ThrowIfCancellationRequested();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public async Task DelayAsync(Duration delay, CancellationToken cancellationToken)
    {
        CheckMayBegin(cancellationToken);
        if (delay.IsNever)
            throw new ArgumentOutOfRangeException(nameof(delay), "A delay must end.");
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, EndToken);
        await SleepUntilAsync(_context.CurrentUtcDateTime + delay.Value, either.Token);
    }

    public Task<TOutput> CallStepAsync<TOutput>(Type step, object? input, StepOptions options, CancellationToken cancellationToken) =>
        _steps.CallAsync<TOutput>(step, input, options, cancellationToken);

    public void Extend(Duration by) => _deadlines.Extend(by);

    private async Task ReadMessagesAsync()
    {
        while (true)
        {
            // Nullable, because an event without a payload fails an orchestration that waits for a value.
            JsonElement? envelope = await _context.WaitForExternalEvent<JsonElement?>(RunMessage.EventName, CancellationToken.None);
            if (envelope is { } sent && StoredJson.TryRead<RunMessage>(sent) is { } message)
                Receive(message);
            else
                Logger.LogWarning("Run {Run} was sent something that is not a message to a run; it is dropped", RunId);
        }
    }

    /// <summary>Does what a message says. After the end nothing is done any more.</summary>
    public void Receive(RunMessage message)
    {
        if (_ended.IsCancellationRequested || message.If?.Holds(Record) == false)
            return;
        // A run that stops takes no more time: the sender must see that it was not given.
        if (message.Kind == RunMessageKind.Extend && IsStopped)
            return;
        if (message.Id is not null)
            Update(Record.Hear(message));
        if (!_heard.IsNew(message))
            return;
        if (!Request.IsMeant(message.Life))
        {
            Logger.LogInformation("Run {Run} was sent a message to an earlier run of its id; it is dropped", RunId);
            return;
        }

        if (_early?.Count < MaxEarly)
            _early.Add(message);

        switch (message)
        {
            case { Kind: RunMessageKind.Stop, Stop: { } stop }:
                if (message.Gate is { } wanted)
                    _gates.Superseded(wanted, message.Step, message.HasLeft);
                if (message.Step is { } step)
                    _steps.Stop(step, stop);
                else
                    RequestStop(stop);
                break;
            case { Kind: RunMessageKind.Extend, By: { } by }:
                _deadlines.Extend(by);
                break;
            case { Kind: RunMessageKind.Hold or RunMessageKind.Release }:
                _hold.Set(message.Kind == RunMessageKind.Hold);
                break;
            case { Kind: RunMessageKind.Event, Event: { } name }:
                _deadlines.StopIfEndsOn(name, message.Payload);
                Events.Receive(name, message.Payload);
                break;
            case { Kind: RunMessageKind.Admitted, Gate: { } gate }:
                _gates.Admitted(gate, message.Step, message.Token, message.OthersWait);
                break;
            case { Kind: RunMessageKind.Ask, Gate: { } gate }:
                _gates.AskAgain(gate, message.Step);
                break;
        }
    }

    /// <summary>The run is asked to stop: the first request fires the token, a further one can shorten the grace.</summary>
    public void RequestStop(StopRequest request)
    {
        bool isFirst = !IsStopped;
        Update(Record.RequestStop(request, Request.Grace));
        if (!IsStopped)
            return;
        _grace.Limit(Record.Stop!.Grace!.Value);
        if (!isFirst)
            return;
        _lifecycle.Publish(LifecycleEventType.Stopped);
        Logger.LogInformation("Run {Run} stops: {Reason} {Message}", RunId, request.Reason, request.Message);
        TellOthers();
        try
        {
            _stopping.Cancel();
        }
        catch (AggregateException exception)
        {
            Logger.LogWarning(exception, "Code of run {Run} threw when its token fired", RunId);
        }
    }

    private void TellOthers()
    {
        _workers.Stop(Record.Stop?.Reason ?? StopReason.Self);
        Children.Stop();
    }

    /// <summary>
    /// Waits for the stop request that a step has heard of already. It is on its way: whoever tells the steps has told the run
    /// before. Should it be lost all the same, the run takes the step's word for it.
    /// </summary>
    public async Task WaitForStopRequestAsync(StopReason reason)
    {
        if (IsStopped)
            return;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(StopToken, EndToken);
        try
        {
            await SleepUntilAsync(_context.CurrentUtcDateTime + StopRequestTimeout, either.Token);
            RequestStop(new StopRequest { Reason = reason, RequestedAt = Now });
        }
        catch (OperationCanceledException)
        {
            // The run has heard of it, or ended before.
        }
    }

    private async Task<RunOutcome> ExecuteAsync()
    {
        Update(Record.Start(Now));
        _lifecycle.Publish(LifecycleEventType.Started);
        _deadlines.WatchExecution();
        Task<CodeResult> code = RunCodeAsync();
        await Task.WhenAny(code, _grace.Over);
        bool isForced = !code.IsCompleted || !await EndLeftoversAsync();
        return End(code.IsCompleted ? await code : CodeResult.Stopped, isForced);
    }

    /// <summary>The code has ended: what it left running has the run's grace to stop.</summary>
    /// <returns>Whether all of it has ended.</returns>
    private async Task<bool> EndLeftoversAsync()
    {
        if (_workers.AllIdle && Children.AllEnded)
            return true;
        if (!IsStopped)
            _grace.Limit(Request.Grace);
        Task allEnded = Task.WhenAll(_workers.EndAllAsync(), Children.EndAllAsync());
        await Task.WhenAny(allEnded, _grace.Over);
        return allEnded.IsCompleted;
    }

    private async Task<CodeResult> RunCodeAsync()
    {
        try
        {
            return new CodeResult(await _workflow.InvokeAsync(new RunContext(this), Request.Input), null);
        }
        catch (OperationCanceledException) when (IsStopped)
        {
            return CodeResult.Stopped;
        }
        catch (StepStoppedException exception)
        {
            // The step was stopped alone, and the code lets that end the run.
            RequestStop(exception.Stop with { Message = $"Step '{exception.Step}' was stopped. {exception.Stop.Message}".TrimEnd() });
            return CodeResult.Stopped;
        }
#pragma warning disable CA1031 // Whatever a workflow's code throws is the run's outcome.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new CodeResult(null, RunErrors.From(exception), IsTimeout: exception is StepFailedException { IsTimeout: true });
        }
    }

    private RunOutcome End(CodeResult result, bool isForced = false) => new()
    {
        Record = Record.End(result.StatusOf(Record.Stop, _gates.IsRejected), Now) with { Forced = isForced },
        Output = result.Output,
        Error = result.Error,
    };

    /// <summary>
    /// Has this instance terminated from outside, since the engine does not complete one that has open activities. Should the termination be lost
    /// it is asked for again; an instance that outlives all of this ends when its last step does.
    /// </summary>
    private async Task EndByForceAsync(RunOutcome outcome)
    {
        const int MaxAttempts = 10;
        ForcedEnd end = new(RunId, Request.QueuedAt, outcome);
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            await _context.Entities.SignalEntityAsync(ControlPlane.StopsOf(RunId), nameof(ControlPlane.EndRun), end);
            await _context.CreateTimer(_context.CurrentUtcDateTime.AddSeconds(30), CancellationToken.None);
        }
    }
}
