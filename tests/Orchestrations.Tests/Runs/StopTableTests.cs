namespace Preempt.Tests.Runs;

/// <summary>Every reason to stop, crossed with every phase of a run in which it can come, and with every way in which a run can begin.</summary>
public sealed class StopTableTests : IDisposable
{
    private const string Key = "k";

    private readonly TestApp _app = new();
    private BeginningRun _begin = null!;
    private string? _run;
    private string? _newer;

    /// <summary>Where the run is when the stop comes.</summary>
    public enum Phase
    {
        /// <summary>It was accepted while the app drains.</summary>
        Held,

        /// <summary>It waits for its gate.</summary>
        Queued,

        /// <summary>It has a slot of its first gate, and waits for its second.</summary>
        AtSecondGate,

        /// <summary>A step of its works.</summary>
        Running,

        /// <summary>Its step waits for the gate around it.</summary>
        AtStepGate,

        /// <summary>It waits before it tries a failed step again.</summary>
        Backoff,

        /// <summary>It waits for a child run.</summary>
        InChild,

        /// <summary>It was cancelled before, and its step takes its time.</summary>
        Stopping,

        /// <summary>It was cancelled before, and cleans up.</summary>
        CleanUp,
    }

    public static TheoryData<StopReason, Phase, Origin> Table =>
    [
        .. from phase in Enum.GetValues<Phase>()
           from reason in ReasonsIn(phase)
           from origin in Enum.GetValues<Origin>()
           where Exists(reason, phase, origin)
           select (reason, phase, origin),
    ];

    /// <summary>
    /// A run in line has no code that could run too long or give up, and a shutdown lets it wait; one that has begun waits for no gate of its own. One
    /// that is held is not at its gate, and neither is whoever would supersede it.
    /// </summary>
    private static StopReason[] ReasonsIn(Phase phase) => phase switch
    {
        Phase.Held => [StopReason.Requested, StopReason.EndCondition, StopReason.ScheduleTimeout],
        Phase.Queued or Phase.AtSecondGate =>
            [StopReason.Requested, StopReason.Superseded, StopReason.EndCondition, StopReason.Parent, StopReason.ScheduleTimeout],
        _ =>
        [
            StopReason.Requested, StopReason.Superseded, StopReason.EndCondition, StopReason.Parent, StopReason.Timeout, StopReason.Self,
            StopReason.Shutdown,
        ],
    };

    /// <summary>
    /// Only a child has a parent. What a run that runs calls is not held, and an orchestration that is supervised is not started by Preempt, which could
    /// hold it, nor does it call workflows.
    /// </summary>
    private static bool Exists(StopReason reason, Phase phase, Origin origin) =>
        (reason != StopReason.Parent || origin == Origin.Child)
        && (phase != Phase.Held || origin is Origin.Started or Origin.Replayed)
        && (phase != Phase.InChild || origin != Origin.Supervised);

    public void Dispose() => _app.Dispose();

    [Theory]
    [MemberData(nameof(Table))]
    public void A_run_is_stopped_for_that_reason_in_that_phase(StopReason reason, Phase phase, Origin origin)
    {
        // Given a run in that phase.
        _begin = new BeginningRun(_app, origin, WorkflowOf(phase, origin));
        Prepare(phase);
        Start(reason, phase);
        bool wasCancelled = phase is Phase.Stopping or Phase.CleanUp;
        Reach(phase);
        Run before = _app.Get(_run!);

        // When it is stopped.
        Stop(reason);
        Run ended = _app.End(_run!);

        // Then it ends for the first reason, and nothing new has begun.
        StopReason expected = wasCancelled ? StopReason.Requested : reason;
        Assert.Equal(expected, ended.Stop!.Reason);
        Assert.Equal(
            expected is StopReason.Timeout or StopReason.ScheduleTimeout ? RunStatus.TimedOut : RunStatus.Cancelled, ended.Status);
        Assert.False(ended.Stop.Forced);
        Assert.Equal(before.Attempt, ended.Attempt);
        Assert.Equal(before.Steps.Length, ended.Steps.Length);
        Check(phase, expected, ended);
        CheckOthers(reason, ended);
    }

    /// <summary>The workflow; of a supervised orchestration, what its function is named.</summary>
    private static string WorkflowOf(Phase phase, Origin origin) => (origin, phase) switch
    {
        (Origin.Supervised, Phase.AtSecondGate) => "LegacyStoppableAtTwoGates",
        (Origin.Supervised, Phase.AtStepGate) => "LegacyStoppableAtStepGate",
        (Origin.Supervised, _) => "LegacyStoppable",
        (_, Phase.AtSecondGate) => "stoppable-at-two-gates",
        (_, Phase.AtStepGate) => "stoppable-at-step-gate",
        _ => "stoppable",
    };

    /// <summary>Has somebody else stand where the run is to wait.</summary>
    private void Prepare(Phase phase)
    {
        switch (phase)
        {
            case Phase.Held:
                _app.Host.Run(() => _app.Runs.DrainAsync());
                break;
            case Phase.Queued or Phase.AtSecondGate or Phase.AtStepGate:
                string key = phase == Phase.Queued ? Key : "other";
                string holder = _begin.StartAnother(run => run.CallStepAsync<Worker, string>(new Work(100, IgnoreStop: true)), key);
                _app.UntilRunning(holder);
                // A child is as old as the turn that calls it: not as old as the holder.
                _app.Host.Advance(TimeSpan.FromSeconds(1));
                break;
        }
    }

    private void Start(StopReason reason, Phase phase)
    {
        StartOptions options = new()
        {
            Timeout = reason == StopReason.Timeout ? "30s" : Duration.Never,
            ScheduleTimeout = reason == StopReason.ScheduleTimeout ? "30s" : Duration.Never,
        };
        _run = _begin.Start(run => CodeAsync(run, reason, phase), Key, options);
    }

    private static async Task<string> CodeAsync(RunContext run, StopReason reason, Phase phase)
    {
        if (reason == StopReason.Self)
            _ = CancelLaterAsync(run);
        try
        {
            return await PhaseAsync(run, phase);
        }
        finally
        {
            if (phase == Phase.CleanUp)
                await run.CallStepAsync<Worker, string>(new Work(40), CancellationToken.None);
        }
    }

    private static async Task CancelLaterAsync(RunContext run)
    {
        await run.DelayAsync("30s", CancellationToken.None);
        run.Cancel("enough");
    }

    private static async Task<string> PhaseAsync(RunContext run, Phase phase)
    {
        switch (phase)
        {
            case Phase.Backoff:
                RetryPolicy retry = new() { MaxAttempts = 3, FirstDelay = "5 minutes" };
                return await run.CallStepAsync<Worker, string>(new Work(1, Fail: true), new StepOptions { Retry = retry });
            case Phase.InChild:
                return await run.CallWorkflowAsync<Ungated, string>(Child());
            case Phase.Stopping:
                await run.CallStepAsync<Worker, string>(new Work(40, IgnoreStop: true));
                throw new OperationCanceledException(run.CancellationToken);
            default:
                return await run.CallStepAsync<Worker, string>(new Work(600));
        }
    }

    private static Script Child()
    {
        ScriptedWorkflow.Codes["stop-table-child"] = run => run.CallStepAsync<Worker, string>(new Work(600));
        return new Script(Key, "stop-table-child");
    }

    private void Reach(Phase phase)
    {
        switch (phase)
        {
            case Phase.Held:
                _app.Host.Advance(TimeSpan.FromSeconds(5));
                Assert.True(_app.Peek(_run!).Status == RunStatus.Queued);
                break;
            case Phase.Queued:
                _app.Until(_run!, run => run.Status == RunStatus.Queued);
                _app.Host.Advance(TimeSpan.FromSeconds(1));
                Assert.Equal(RunStatus.Queued, _app.Peek(_run!).Status);
                break;
            case Phase.AtSecondGate:
                _app.Until(_run!, run => run.FencingTokens.Length == 1);
                break;
            case Phase.AtStepGate:
                _app.Until(_run!, run => run.Steps is [{ Status: StepStatus.Queued }]);
                break;
            case Phase.Backoff:
                _app.Until(_run!, run => run.Steps is [{ Status: StepStatus.Failed }]);
                break;
            case Phase.InChild:
                _app.Host.RunUntil(() => _app.Log.Running.Any(run => run != _run && run != _begin.Parent));
                break;
            default:
                _app.UntilRunning(_run!);
                break;
        }

        if (phase is Phase.Stopping or Phase.CleanUp)
            _app.Cancel(_run!, new CancelOptions("first"));
        if (phase == Phase.CleanUp)
            _app.Until(_run!, run => run.Steps is [_, { Status: StepStatus.Running }]);
    }

    private void Stop(StopReason reason)
    {
        switch (reason)
        {
            case StopReason.Requested:
                _app.Cancel(_run!, new CancelOptions("second"));
                break;
            case StopReason.Superseded:
                _newer = _begin.StartAnother(run => run.CallStepAsync<Worker, string>(new Work(1)), Key);
                break;
            case StopReason.EndCondition:
                _app.Host.Run(() => _app.Runs.PublishEventAsync("over", new { key = Key }, null));
                break;
            case StopReason.Parent:
                _app.Cancel(_begin.Parent!);
                break;
            case StopReason.Shutdown:
                _app.Host.Run(() => _app.Runs.DrainAsync(immediate: true));
                break;
            default:
                // The clock brings it.
                break;
        }
    }

    private void Check(Phase phase, StopReason expected, Run ended)
    {
        switch (phase)
        {
            case Phase.Held or Phase.Queued or Phase.AtSecondGate:
                Assert.Null(ended.StartedAt);
                Assert.Equal(phase == Phase.AtSecondGate ? 1 : 0, ended.FencingTokens.Length);
                break;
            case Phase.AtStepGate:
                Assert.Equal(StepStatus.Cancelled, ended.Steps[0].Status);
                Assert.DoesNotContain(ended.Id, _app.Log.Started);
                break;
            case Phase.Running:
                Assert.Equal(expected, ended.Steps[0].StopReason);
                break;
            case Phase.Backoff:
                Assert.Single(_app.Log.Started, id => id == ended.Id);
                break;
            case Phase.InChild:
                Assert.DoesNotContain(_app.Log.Running, id => id != ended.Stop!.SupersededBy);
                break;
            case Phase.Stopping:
                Assert.Equal(("first", StepStatus.Succeeded), (ended.Stop!.Message, ended.Steps[0].Status));
                break;
            case Phase.CleanUp:
                Assert.Equal(("first", StepStatus.Succeeded), (ended.Stop!.Message, ended.Steps[1].Status));
                break;
        }
    }

    /// <summary>The newer run has its turn, the parent ends with its child, and nobody stands at the gate any more.</summary>
    private void CheckOthers(StopReason reason, Run ended)
    {
        if (reason == StopReason.Superseded)
        {
            Run newer = _app.End(_newer!);
            Assert.Equal(RunStatus.Succeeded, newer.Status);
            Assert.True(newer.StartedAt >= ended.EndedAt);
        }

        if (reason == StopReason.Parent)
            Assert.Equal(RunStatus.Cancelled, _app.End(_begin.Parent!).Status);
        _app.Host.Advance(TimeSpan.FromMinutes(10));
        if (_begin.FindGate(Key) is not { } gate)
            return;
        Assert.Empty(gate.Holders);
        Assert.Empty(gate.Waiters);
    }
}
