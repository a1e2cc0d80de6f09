namespace Preempt.Tests.Model;

/// <summary>What a run of the model is to do.</summary>
public sealed record Play
{
    /// <summary>The key of the first rule.</summary>
    public required string Key { get; init; }

    /// <summary>The key of the second rule, where there is one.</summary>
    public required string Other { get; init; }

    public required PlayStep[] Steps { get; init; }

    /// <summary>How long the shielded clean-up after a stop takes; null for none.</summary>
    public double? Cleanup { get; init; }

    /// <summary>Whether the code tries to go on after a stop, and swallows what it gets.</summary>
    public bool Stubborn { get; init; }

    /// <summary>Whether the code asks itself to stop after its first step.</summary>
    public bool SelfCancel { get; init; }

    /// <summary>What a child run is to do, where the workflow has one.</summary>
    public PlayStep? Child { get; init; }

    /// <summary>How many more runs of its own key the run calls, each by the one before it, where the workflow does so.</summary>
    public int Nested { get; init; }
}

/// <summary>What one step of a run is to do; its name is its own within the run.</summary>
public sealed record PlayStep(
    string Name, double Seconds, bool IgnoreStop = false, int FailTimes = 0, double? Timeout = null, bool IsShielded = false);

/// <summary>A workflow whose input says what it does; the rules are those of its world.</summary>
public abstract class ModelWorkflow : Workflow<Play, string>
{
    public static readonly RetryPolicy Retry = new() { MaxAttempts = 3, FirstDelay = "3s", Backoff = 2 };

    public override async Task<string> RunAsync(RunContext run, Play input)
    {
        string result = "";
        try
        {
            foreach (PlayStep step in input.Steps)
            {
                StepOptions options = new() { Retry = Retry, Timeout = step.Timeout is { } timeout ? Duration.FromSeconds(timeout) : Duration.Never };
                result += await run.CallStepAsync<ModelStep, string>(step, options);
                if (input.SelfCancel)
                    run.Cancel("enough");
            }

            if (input.Child is { } child)
                result += await CallChildAsync(run, input, child);
            if (input.Nested > 0)
                result += await CallItselfAsync(run, input);
        }
        catch (OperationCanceledException) when (run.Stop is not null)
        {
            if (input.Cleanup is { } seconds)
                await run.CallStepAsync<ModelStep, string>(new PlayStep("clean-up", seconds, IsShielded: true), CancellationToken.None);
            if (!input.Stubborn)
                throw;
            for (int attempt = 0; attempt < 2; attempt++)
                result += await TryOnAsync(run, attempt);
        }

        return result;
    }

    private static Task<string> CallChildAsync(RunContext run, Play input, PlayStep child)
    {
        Play play = new() { Key = input.Other, Other = input.Key, Steps = [child], Cleanup = input.Cleanup, Stubborn = input.Stubborn };
        return child.IsShielded
            ? run.CallWorkflowAsync<OneInLine, string>(play, null, CancellationToken.None)
            : run.CallWorkflowAsync<OneInLine, string>(play);
    }

    /// <summary>A maximum that differs from run to run.</summary>
    protected static int MaxRunsOf(Play input) => Math.Clamp(input.Steps.Length, 1, 3);

    /// <summary>Calls a run of its own workflow and key; one that would wait for its callers is turned away.</summary>
    protected virtual Task<string> CallItselfAsync(RunContext run, Play input) => Task.FromResult("");

    protected static async Task<string> CallAsync<TWorkflow>(RunContext run, Play input)
        where TWorkflow : ModelWorkflow
    {
        try
        {
            // A step that fails while its run is stopped is not tried again, and fails it: that is not what is looked at here.
            PlayStep step = input.Steps[0] with { FailTimes = 0, Timeout = null };
            return await run.CallWorkflowAsync<TWorkflow, string>(input with { Steps = [step], SelfCancel = false, Nested = input.Nested - 1 });
        }
        catch (ChildRunException)
        {
            return "-";
        }
    }

    /// <summary>What code that does not take a stop for an answer tries.</summary>
    private static async Task<string> TryOnAsync(RunContext run, int attempt)
    {
        try
        {
            return await run.CallStepAsync<ModelStep, string>(new PlayStep($"try {attempt}", 1));
        }
        catch (OperationCanceledException)
        {
            return "-";
        }
    }
}

public sealed class OneAfterStop : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress);
}

public sealed class TwoAfterStop : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 2, ConcurrencyStrategy.CancelInProgress);
}

public sealed class OneImmediate : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress, Handover.Immediate);
}

public sealed class TwoImmediate : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 2, ConcurrencyStrategy.CancelInProgress, Handover.Immediate);
}

public sealed class TwoOldest : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 2, ConcurrencyStrategy.CancelNewest);
}

public sealed class OneInLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue);
}

public sealed class TwoInLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 2, ConcurrencyStrategy.Queue, maxQueued: 2);
}

public sealed class OneEachTwoInAll : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.RoundRobin, maxTotal: 2);
}

public sealed class TwoEachThreeInAll : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 2, ConcurrencyStrategy.RoundRobin, maxTotal: 3, maxQueued: 2, maxQueuedTotal: 4);
}

public sealed class TwoLines : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 2, ConcurrencyStrategy.Queue)
        .Concurrency("{input.other}", 1, ConcurrencyStrategy.Queue);
}

public sealed class NewestThenLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 2, ConcurrencyStrategy.CancelInProgress)
        .Concurrency("{input.other}", 1, ConcurrencyStrategy.Queue);
}

public sealed class LineThenNewest : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 2, ConcurrencyStrategy.Queue)
        .Concurrency("{input.other}", 1, ConcurrencyStrategy.CancelInProgress);
}

public sealed class NewestThenNewest : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 2, ConcurrencyStrategy.CancelInProgress)
        .Concurrency("{input.other}", 1, ConcurrencyStrategy.CancelInProgress, Handover.Immediate);
}

public sealed class InTurnThenOldest : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 1, ConcurrencyStrategy.RoundRobin, maxTotal: 2)
        .Concurrency("{input.other}", 1, ConcurrencyStrategy.CancelNewest);
}

/// <summary>A key may have as many runs as its newest run has steps: 1 to 3.</summary>
public sealed class AsManyNewest : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency<Play>("{input.key}", (input, _) => MaxRunsOf(input), ConcurrencyStrategy.CancelInProgress);
}

public sealed class AsManyInLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency<Play>("{input.key}", (input, _) => MaxRunsOf(input), ConcurrencyStrategy.Queue);
}

public sealed class AsManyInTurn : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency<Play>("{input.key}", (input, _) => MaxRunsOf(input), ConcurrencyStrategy.RoundRobin, maxTotal: 4);
}

/// <summary>The first key has three turns, the second two, the third one, unless its newest run cleans up.</summary>
public sealed class WeightedInTurn : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 1, ConcurrencyStrategy.RoundRobin, maxTotal: 2)
        .Weight<Play>((input, _) => input.Cleanup is null ? ModelSchedule.Keys - (input.Key[^1] - '0') : 1);
}

/// <summary>The starts of a key are ten seconds apart, or two at once after a pause.</summary>
public sealed class Throttled : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Throttle("{input.key}", 2, "20 seconds", burst: 2);
}

/// <summary>One that is not let start at once is rejected.</summary>
public sealed class RateLimited : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Throttle("{input.key}", 3, "20 seconds", whenFull: WhenFull.Reject);
}

public sealed class ThrottledThenLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Throttle("{input.key}", 2, "20 seconds")
        .Concurrency("{input.other}", 1, ConcurrencyStrategy.Queue);
}

public sealed class NewestThenThrottled : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 2, ConcurrencyStrategy.CancelInProgress)
        .Throttle("{input.other}", 2, "20 seconds");
}

/// <summary>The newest of a key, when none has come for four seconds.</summary>
public sealed class Debounced : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Debounce("{input.key}", "4s", "6s");
}

public sealed class DebouncedThenNewest : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Debounce("{input.key}", "3s", "10s")
        .Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress);
}

public sealed class ThrottledSteps : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.StepThrottle<ModelStep>("{input.key}", 3, "20 seconds", burst: 2, maxQueued: 5);
}

/// <summary>The rules that worlds share.</summary>
public static class ModelRules
{
    public static PreemptBuilder AddModelRules(this PreemptBuilder preempt) => preempt
        .AddRule("line", "{input.key}", 2, ConcurrencyStrategy.Queue)
        .AddRule("newest", "{input.key}", 1, ConcurrencyStrategy.CancelInProgress)
        .AddRule("in-turn", "{input.key}", 1, ConcurrencyStrategy.RoundRobin, maxTotal: 2);
}

public sealed class SharedLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.UseRule("line");
}

/// <summary>Shares its second rule with <see cref="SharedLine"/>.</summary>
public sealed class LineThenSharedLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Version("2").Concurrency("{input.other}", 1, ConcurrencyStrategy.Queue).UseRule("line");
}

/// <summary>Its steps and the runs of <see cref="SharedLine"/> share slots.</summary>
public sealed class StepsInSharedLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.UseStepRule<ModelStep>("line");
}

public sealed class SharedNewest : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.UseRule("newest");
}

/// <summary>Shares with <see cref="SharedNewest"/>, after a line of its own.</summary>
public sealed class LineThenSharedNewest : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input.other}", 1, ConcurrencyStrategy.Queue).UseRule("newest");
}

/// <summary>A throttle, then a line of its own, then slots that it shares with <see cref="SharedInTurn"/>.</summary>
public sealed class ThrottledThenLineThenShared : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Throttle("{input.key}", 4, "20 seconds", burst: 2)
        .Concurrency("{input.other}", 1, ConcurrencyStrategy.Queue)
        .UseRule("in-turn");
}

public sealed class SharedInTurn : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.UseRule("in-turn");
}

/// <summary>Of the steps of a key the newest wins.</summary>
public sealed class NewestStep : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.StepConcurrency<ModelStep>("{input.key}", 1, ConcurrencyStrategy.CancelInProgress);
}

public sealed class LineThenStepsInLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 2, ConcurrencyStrategy.Queue)
        .StepConcurrency<ModelStep>("{input.other}", 1, ConcurrencyStrategy.Queue);
}

/// <summary>Its runs call runs of their own key, which may have to wait for their callers.</summary>
public sealed class LineInLine : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 2, ConcurrencyStrategy.Queue);

    protected override Task<string> CallItselfAsync(RunContext run, Play input) => CallAsync<LineInLine>(run, input);
}

/// <summary>Its runs call runs of their own key, which may have to take the place of their callers.</summary>
public sealed class NewestInNewest : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 2, ConcurrencyStrategy.CancelInProgress);

    protected override Task<string> CallItselfAsync(RunContext run, Play input) => CallAsync<NewestInNewest>(run, input);
}

/// <summary>Its runs have child runs, of <see cref="OneInLine"/>.</summary>
public sealed class NewestWithChild : ModelWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress);
}

/// <summary>Works for a time on the host's clock.</summary>
public sealed class ModelStep(StepWitness witness) : Step<PlayStep, string>
{
    public override async Task<string> RunAsync(StepContext step, PlayStep input)
    {
        witness.Begin(step, input);
        CancellationToken token = input.IgnoreStop ? CancellationToken.None : step.CancellationToken;
        try
        {
            if (input.Seconds > 0)
                await Task.Delay(TimeSpan.FromSeconds(input.Seconds), step.Time, token);
        }
        finally
        {
            witness.End(step);
        }

        return step.Attempt <= input.FailTimes ? throw new InvalidOperationException("told to fail") : "+";
    }
}
