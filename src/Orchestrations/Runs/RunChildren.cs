using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>The runs that a run has called and waits for: sub-orchestrations, which stop when their parent does.</summary>
internal sealed class RunChildren(RunSupervisor run, WorkflowRegistry registry, TaskOrchestrationContext context)
{
    /// <summary>What a child is given of its parent's grace: it is to end before its parent's is over.</summary>
    private const double ShareOfGrace = 0.9;

    private readonly Dictionary<string, OpenChild> _open = new(StringComparer.Ordinal);
    private readonly DecisionLog _decisions = new(context);
    private TaskCompletionSource? _allEnded;
    private int _calls;

    public bool AllEnded => _open.Count == 0;

    /// <summary>Runs a workflow as a child, and waits for it.</summary>
    public async Task<TOutput> CallAsync<TOutput>(Type workflow, object? input, StartOptions options, CancellationToken cancellationToken)
    {
        run.CheckMayBegin(cancellationToken);
        int number = ++_calls;
        JsonElement? given = Payload.ToJson(input);
        ChildStart start = await _decisions.DecideAsync(() => Make(workflow, number, given, options).WithoutInput());
        run.CheckMayBegin(cancellationToken);
        // A turn that happens again may start a child that has ended meanwhile: that is another run of the id, accepted later.
        start = start with { Request = start.Request with { Input = given, IsChild = true, QueuedAt = AcceptedAt(number), Callers = run.CallersOfOthers } };
        OpenChild child = new(start.RunId, !cancellationToken.CanBeCanceled);
        using CancellationTokenRegistration registration = child.IsShielded || cancellationToken == run.StopToken
            ? default
            : cancellationToken.Register(() => _ = StopAloneAsync(child));
        _open.Add(child.RunId, child);
        RunOutcome outcome = await RunAsync(start);
        child.End();
        _open.Remove(child.RunId);
        if (_open.Count == 0)
            _allEnded?.TrySetResult();
        return outcome.Record.Status switch
        {
            RunStatus.Succeeded => Payload.Read<TOutput>(outcome.Output),
            not RunStatus.Failed when child.WasStopped => throw new OperationCanceledException(
                $"Child run '{child.RunId}' was stopped.", cancellationToken.CanBeCanceled ? cancellationToken : run.EndToken),
            _ => throw new ChildRunException(child.RunId, outcome),
        };
    }

    /// <summary>Starts a run that lives on its own: a stop of this run leaves it alone, and this run does not wait for it.</summary>
    public async Task<string> StartAsync(Type workflow, object? input, StartOptions options)
    {
        run.CheckMayBegin(run.StopToken);
        int number = ++_calls;
        JsonElement? given = Payload.ToJson(input);
        // The activity's answer says what was decided; what a replay gives it is not sent.
        Decision<ChildStart>? decision = context.IsReplaying ? null : Decision<ChildStart>.Make(() => Make(workflow, number, given, options));
        Decision<string> started = await context.CallActivityAsync<Decision<string>>(PreemptFunctions.StartRun, decision, ActivityCalls.Retried);
        return started.Get();
    }

    /// <summary>
    /// Decides how a run starts, by its workflow as it is defined now. Its id comes from this run's and the number of the call: a turn that happens
    /// again calls the same run.
    /// </summary>
    private ChildStart Make(Type workflow, int number, JsonElement? input, StartOptions options)
    {
        RunRequest request = RunStart.MakeRequest(registry.Get(workflow), input, options, AcceptedAt(number), run.RunId) with
        {
            TraceParent = run.Request.TraceParent,
        };
        string id = options.RunId ?? RunStart.MakeChildId(request, run.RunId, run.Request.QueuedAt, number);
        return new ChildStart(id, request.Scheduled(id, run.Now));
    }

    /// <summary>Of those that are called in one turn, the first is the oldest. None is older than its parent, whatever the clocks say.</summary>
    private DateTimeOffset AcceptedAt(int number) => (run.Now > run.Request.QueuedAt ? run.Now : run.Request.QueuedAt).AddTicks(number);

    private async Task<RunOutcome> RunAsync(ChildStart start)
    {
        try
        {
            return await context.CallSubOrchestratorAsync<RunOutcome>(
                PreemptFunctions.Run,
                start.Request,
                new SubOrchestrationOptions(new TaskOptions { Tags = RunTags.Of(start.Request) }, start.RunId));
        }
        catch (TaskFailedException exception)
        {
            // Ended by force, by itself or from outside: the outcome, if there is one, is the instance's output.
            run.Logger.LogWarning(exception, "Child run {Child} of {Run} did not end by itself", start.RunId, run.RunId);
            return await ReadOutcomeAsync(start.RunId) ?? new RunOutcome
            {
                Record = new RunRecord().End(RunStatus.Failed, run.Now),
                Error = RunErrors.From(exception.FailureDetails.ErrorType, exception.FailureDetails.ErrorMessage),
            };
        }
    }

    private Task<RunOutcome?> ReadOutcomeAsync(string child) =>
        context.CallEntityAsync<RunOutcome?>(ControlPlane.LooksOf(run.RunId), nameof(ControlPlane.ReadOutcome), child);

    /// <summary>The run stops, and its children with it. May be repeated: a child keeps the first reason and the shortest grace.</summary>
    public void Stop()
    {
        foreach (OpenChild child in _open.Values)
        {
            if (!child.IsShielded || _allEnded is not null)
                Stop(child, run.Record.Stop?.Grace);
        }
    }

    /// <summary>
    /// One child is to stop, and the run goes on: the child is told again and again until it has ended. The first message can be lost with a worker, or
    /// come before the child's start and be dropped.
    /// </summary>
    private async Task StopAloneAsync(OpenChild child)
    {
        if (run.IsStopped)
            return;
        Stop(child, null);
        await run.RemindAsync(DateTime.MaxValue, () => Stop(child, null), child.Ended);
    }

    private void Stop(OpenChild child, Duration? grace)
    {
        child.WasStopped = true;
        StopRequest stop = new()
        {
            Reason = StopReason.Parent,
            RequestedAt = run.Now,
            Grace = grace is { IsNever: false } limit ? limit.Value * ShareOfGrace : grace,
            Message = $"Its parent {run.RunId} stopped.",
        };
        context.SendEvent(child.RunId, RunMessage.EventName, RunMessage.ForStop(stop));
    }

    /// <summary>Called when the code has ended: children that it left running are told to stop, shielded or not.</summary>
    public Task EndAllAsync()
    {
        if (AllEnded)
            return Task.CompletedTask;
        foreach (OpenChild child in _open.Values)
            Stop(child, run.Record.Stop?.Grace ?? run.Request.Grace);
        _allEnded = new TaskCompletionSource();
        return _allEnded.Task;
    }

#pragma warning disable CA1001 // Nothing of the sources is unmanaged, and nobody could say when they are no longer needed.
    private sealed class OpenChild(string runId, bool isShielded)
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _ended = new();

        /// <summary>Cancelled when it has ended.</summary>
        public CancellationToken Ended => _ended.Token;

        public string RunId => runId;

        public bool IsShielded => isShielded;

        public bool WasStopped { get; set; }

        public void End() => _ended.Cancel();
    }
}

/// <summary>The input of the activity that starts a run for another.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="Request">The run's input.</param>
internal sealed record ChildStart(string RunId, RunRequest Request)
{
    /// <summary>The same without the run's input, which its caller has.</summary>
    public ChildStart WithoutInput() => this with { Request = Request with { Input = null } };
}
