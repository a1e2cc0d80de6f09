namespace Preempt.Tests.Runs;

/// <summary>Every reason to stop, crossed with every phase of a run in which it can come.</summary>
public sealed class StopTableTests : IDisposable
{
    private const string Key = "k";

    private readonly TestApp _app = new();
    private string? _run;
    private string? _other;

    /// <summary>Where the run is when the stop comes.</summary>
    public enum Phase
    {
        /// <summary>It waits for its gate.</summary>
        Queued,

        /// <summary>A step of its works.</summary>
        Running,

        /// <summary>It waits before it tries a failed step again.</summary>
        Backoff,

        /// <summary>It waits for a child run.</summary>
        InChild,

        /// <summary>It was cancelled before, and its step takes its time.</summary>
        Stopping,

        /// <summary>It was cancelled before, and cleans up.</summary>
        CleanUp,
    }

    public static TheoryData<StopReason, Phase> Table
    {
        get
        {
            TheoryData<StopReason, Phase> table = [];
            foreach (Phase phase in Enum.GetValues<Phase>())
            {
                foreach (StopReason reason in ReasonsIn(phase))
                    table.Add(reason, phase);
            }

            return table;
        }
    }

    /// <summary>
    /// A run in line has no code that could run too long or give up, and a shutdown lets it wait; one that has begun waits for no gate.
    /// </summary>
    private static StopReason[] ReasonsIn(Phase phase) => phase == Phase.Queued
        ? [StopReason.Requested, StopReason.Superseded, StopReason.EndCondition, StopReason.Parent, StopReason.ScheduleTimeout]
        :
        [
            StopReason.Requested, StopReason.Superseded, StopReason.EndCondition, StopReason.Parent, StopReason.Timeout, StopReason.Self,
            StopReason.Shutdown,
        ];

    public void Dispose() => _app.Dispose();

    [Theory]
    [MemberData(nameof(Table))]
    public void A_run_is_stopped_for_that_reason_in_that_phase(StopReason reason, Phase phase)
    {
        // Given a run in that phase.
        if (phase == Phase.Queued)
            HoldTheGate();
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

    private void HoldTheGate()
    {
        string holder = _app.Start("stoppable", new Work(100, IgnoreStop: true));
        _app.UntilRunning(holder);
        // A child is as old as the turn that calls it: not as old as the holder.
        _app.Host.Advance(TimeSpan.FromSeconds(1));
    }

    private void Start(StopReason reason, Phase phase)
    {
        string code = $"{Guid.NewGuid():N}";
        ScriptedWorkflow.Codes[code] = run => CodeAsync(run, reason, phase);
        Script script = new(Key, code);
        if (reason == StopReason.Parent)
        {
            _run = "stoppable:k:child";
            StartOptions child = new() { RunId = _run };
            _other = _app.Start("ungated", run => run.CallWorkflowAsync<Stoppable, string>(script, child));
            _app.Host.RunUntil(() => _app.Host.Client.GetInstanceAsync(_run).Result is not null);
            return;
        }

        StartOptions options = new()
        {
            Timeout = reason == StopReason.Timeout ? "30s" : Duration.Never,
            ScheduleTimeout = reason == StopReason.ScheduleTimeout ? "30s" : Duration.Never,
        };
        _run = _app.Host.Run(() => _app.Runs.StartAsync("stoppable", script, options)).Id;
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
            case Phase.Queued:
                _app.Until(_run!, _ => _app.GetGate("stoppable", Key).Waiters.Any(waiter => waiter.RunId == _run));
                break;
            case Phase.Backoff:
                _app.Until(_run!, run => run.Steps is [{ Status: StepStatus.Failed }]);
                break;
            case Phase.InChild:
                _app.Host.RunUntil(() => _app.Log.Running.Any(run => run != _run && run != _other));
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
                _other = _app.Start("stoppable", new Work(1));
                break;
            case StopReason.EndCondition:
                _app.Host.Run(() => _app.Runs.PublishEventAsync("over", new { key = Key }, null));
                break;
            case StopReason.Parent:
                _app.Cancel(_other!);
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
            case Phase.Queued:
                Assert.Null(ended.StartedAt);
                Assert.Empty(ended.FencingTokens);
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
            Run newer = _app.End(_other!);
            Assert.Equal(RunStatus.Succeeded, newer.Status);
            Assert.True(newer.StartedAt >= ended.EndedAt);
        }

        if (reason == StopReason.Parent)
            Assert.Equal(RunStatus.Cancelled, _app.End(_other!).Status);
        _app.Host.Advance(TimeSpan.FromMinutes(10));
        Gate gate = _app.GetGate("stoppable", Key);
        Assert.Empty(gate.Holders);
        Assert.Empty(gate.Waiters);
    }
}
