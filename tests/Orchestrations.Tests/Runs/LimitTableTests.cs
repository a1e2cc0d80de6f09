namespace Preempt.Tests.Runs;

/// <summary>
/// What holds however a run began: a step's own timeout, a run's grace, a line that is full. The times that a run has are in <see cref="StopTableTests"/>.
/// </summary>
public sealed class LimitTableTests : IDisposable
{
    private const string Key = "k";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    private static readonly Origin[] Origins = Enum.GetValues<Origin>();

    private readonly TestApp _app = new();

    /// <summary>What a run does that does not stop.</summary>
    public enum Stubborn
    {
        /// <summary>Its step ignores its token.</summary>
        Step,

        /// <summary>It cleans up for longer than it may.</summary>
        CleanUp,

        /// <summary>The child that it waits for does not stop.</summary>
        Child,

        /// <summary>Its code goes on, and calls no step.</summary>
        Code,
    }

    /// <summary>Where a step takes too long.</summary>
    public enum Slow
    {
        /// <summary>In its first attempt.</summary>
        Step,

        /// <summary>In the attempt after one that failed.</summary>
        SecondAttempt,

        /// <summary>In clean-up that is shielded, after a stop.</summary>
        CleanUp,

        /// <summary>After it has waited for its gate, which does not count.</summary>
        AfterItsGate,
    }

    public static TheoryData<Stubborn, Origin> Graces =>
        [.. from stubborn in Enum.GetValues<Stubborn>() from origin in Origins where (stubborn, origin) != (Stubborn.Child, Origin.Supervised) select (stubborn, origin)];

    public static TheoryData<Slow, Origin> Timeouts => [.. from slow in Enum.GetValues<Slow>() from origin in Origins select (slow, origin)];

    public void Dispose() => _app.Dispose();

    [Theory]
    [MemberData(nameof(Graces))]
    public void A_run_that_does_not_stop_is_ended_when_its_grace_is_over(Stubborn stubborn, Origin origin)
    {
        BeginningRun begin = new(_app, origin, origin == Origin.Supervised ? "LegacyStoppable" : "stoppable");
        string id = begin.Start(run => IgnoreStopAsync(run, stubborn), Key, new StartOptions());
        _app.Until(id, run => run.Status == RunStatus.Running);
        _app.Host.Advance(TimeSpan.FromSeconds(5));

        _app.Cancel(id, new CancelOptions(Grace: Grace));
        Run ended = _app.End(id);

        // A child has a little less than its parent, which ends by itself then.
        Assert.Equal((RunStatus.Cancelled, stubborn != Stubborn.Child), (ended.Status, ended.Stop!.Forced));
        Assert.InRange(ended.EndedAt!.Value - ended.Stop.RequestedAt, Grace / 2, Grace + TimeSpan.FromSeconds(5));
    }

    private static async Task<string> IgnoreStopAsync(RunContext run, Stubborn stubborn)
    {
        switch (stubborn)
        {
            case Stubborn.Step:
                return await run.CallStepAsync<Worker, string>(new Work(3000, IgnoreStop: true));
            case Stubborn.Child:
                ScriptedWorkflow.Codes["limit-table-child"] = child => child.CallStepAsync<Worker, string>(new Work(3000, IgnoreStop: true));
                return await run.CallWorkflowAsync<Ungated, string>(new Script(Key, "limit-table-child"));
            case Stubborn.Code:
                await run.DelayAsync("1h", CancellationToken.None);
                return "late";
            default:
                try
                {
                    return await run.CallStepAsync<Worker, string>(new Work(3000));
                }
                finally
                {
                    await run.CallStepAsync<Worker, string>(new Work(3000), CancellationToken.None);
                }
        }
    }

    [Theory]
    [MemberData(nameof(Timeouts))]
    public void A_step_has_its_own_time_in_each_attempt(Slow slow, Origin origin)
    {
        bool isGated = slow == Slow.AfterItsGate;
        string workflow = (origin == Origin.Supervised, isGated) switch
        {
            (true, true) => "LegacyStoppableAtStepGate",
            (true, false) => "LegacyStoppable",
            (false, true) => "stoppable-at-step-gate",
            _ => "stoppable",
        };
        BeginningRun begin = new(_app, origin, workflow);
        if (isGated)
        {
            string holder = begin.StartAnother(run => run.CallStepAsync<Worker, string>(new Work(60)), "other");
            _app.UntilRunning(holder);
        }

        string id = begin.Start(run => TakeTooLongAsync(run, slow), Key, new StartOptions());
        if (slow == Slow.CleanUp)
        {
            _app.UntilRunning(id);
            _app.Cancel(id);
        }

        Run ended = _app.End(id);

        // Clean-up that fails after a stop is a failure, whatever it fails of.
        Assert.Equal(slow == Slow.CleanUp ? RunStatus.Failed : RunStatus.TimedOut, ended.Status);
        RunStep step = ended.Steps[^1];
        Assert.Equal((StepStatus.TimedOut, slow == Slow.SecondAttempt ? 2 : 1), (step.Status, step.Attempt));
        Assert.InRange(step.EndedAt!.Value - step.StartedAt, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12));
    }

    private static async Task<string> TakeTooLongAsync(RunContext run, Slow slow)
    {
        StepOptions options = new() { Timeout = "10s" };
        switch (slow)
        {
            case Slow.SecondAttempt:
                RetryPolicy retry = new() { MaxAttempts = 2, FirstDelay = "30s" };
                // It is over its time in the first attempt too.
                return await run.CallStepAsync<Worker, string>(new Work(3000), options with { Retry = retry });
            case Slow.CleanUp:
                try
                {
                    return await run.CallStepAsync<Worker, string>(new Work(3000));
                }
                finally
                {
                    await run.CallStepAsync<Worker, string>(new Work(3000), options, CancellationToken.None);
                }

            default:
                return await run.CallStepAsync<Worker, string>(new Work(3000), options);
        }
    }

    [Theory]
    [InlineData(Origin.Started)]
    [InlineData(Origin.Replayed)]
    [InlineData(Origin.Child)]
    [InlineData(Origin.Supervised)]
    public void A_line_that_is_full_takes_no_more(Origin origin)
    {
        BeginningRun begin = new(_app, origin, origin == Origin.Supervised ? "LegacyInShortLine" : "in-short-line");
        string[] others = [.. Enumerable.Range(0, 2).Select(_ => begin.StartAnother(run => run.CallStepAsync<Worker, string>(new Work(60)), Key))];
        _app.UntilRunning(others[0]);
        _app.Host.Advance(TimeSpan.FromSeconds(1));

        string id = begin.Start(run => run.CallStepAsync<Worker, string>(new Work(1)), Key, new StartOptions());
        Run ended = _app.End(id);

        Assert.Equal((RunStatus.Rejected, StopReason.GateFull), (ended.Status, ended.Stop?.Reason));
        Assert.All(others, other => Assert.Equal(RunStatus.Succeeded, _app.End(other).Status));
    }
}
