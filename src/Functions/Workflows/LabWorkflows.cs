using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt.Functions.Workflows;

/// <summary>How a lab run is to behave.</summary>
public sealed record LabInput
{
    /// <summary>The concurrency key.</summary>
    public required string Group { get; init; }

    /// <summary>The first concurrency key of <see cref="LabMulti"/>.</summary>
    public string? Name { get; init; }

    /// <summary>The second concurrency key of <see cref="LabMulti"/>.</summary>
    public JsonElement? Digit { get; init; }

    /// <summary>Of <see cref="LabSlots"/>: how many runs of the group may run at one time.</summary>
    public int? Slots { get; init; }

    /// <summary>Of <see cref="LabWeights"/>: how many turns the group has where others have one.</summary>
    public int? Weight { get; init; }

    /// <summary>The steps, run one after another.</summary>
    public required IReadOnlyList<LabStep> Steps { get; init; }

    /// <summary>The run's execution timeout.</summary>
    public Duration? Timeout { get; init; }

    /// <summary>The timeout of each attempt of a step.</summary>
    public Duration? StepTimeout { get; init; }

    /// <summary>How often a failed step is tried again, after pauses of 100 ms.</summary>
    public int Retries { get; init; }

    /// <summary>How much more time the workflow gives itself before its first step.</summary>
    public Duration? ExtendBy { get; init; }

    /// <summary>When the run is to end, as in "time of day between 08:00 and 18:00 Europe/Paris".</summary>
    public EndCondition? EndWhen { get; init; }

    /// <summary>How long a last step sleeps in a child process; there is none without it.</summary>
    public double? Process { get; init; }

    /// <summary>Whether the workflow asks itself to stop after its first step.</summary>
    public bool SelfCancel { get; init; }

    /// <summary>
    /// Of <see cref="LabChildren"/>: the inputs of its child runs; or how many there are, each with the input of its parent. They are
    /// runs of <see cref="LabPlain"/>, side by side, before the parent's own steps.
    /// </summary>
    [JsonConverter(typeof(LabChildInputsConverter))]
    public IReadOnlyList<LabInput?>? Children { get; init; }

    /// <summary>What the workflow does once it was stopped and has cleaned up.</summary>
    public LabOnStop OnStop { get; init; }

    /// <summary>How long the shielded clean-up step takes; there is none without it.</summary>
    public double? CleanupSeconds { get; init; }
}

/// <summary>How one step of a lab run is to behave.</summary>
public sealed record LabStep
{
    /// <summary>How long it works.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether it works on when it is told to stop.</summary>
    public bool IgnoreStop { get; init; }

    /// <summary>How many of its attempts fail.</summary>
    public int FailTimes { get; init; }

    /// <summary>How much more time it gives itself and its run before it works.</summary>
    public Duration? ExtendBy { get; init; }

    /// <summary>Whether it asks its run to stop before it works.</summary>
    public bool CancelRun { get; init; }

    /// <summary>What it returns.</summary>
    public JsonElement? Output { get; init; }
}

/// <summary>What a lab workflow does when it is stopped.</summary>
public enum LabOnStop
{
    /// <summary>Lets the exception out: the run is cancelled.</summary>
    [JsonStringEnumMemberName("throw")]
    Throw,

    /// <summary>Returns what it has: the run succeeds.</summary>
    [JsonStringEnumMemberName("swallow")]
    Swallow,

    /// <summary>Throws something else: the run fails.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,
}

/// <summary>A workflow whose input says how it behaves: for trying things out, and for end-to-end tests.</summary>
public abstract class LabWorkflow : Workflow<LabInput, IReadOnlyList<JsonElement?>>
{
    private const int MaxSteps = 100;
    private const int MaxChildren = 100;
    private const double MaxSeconds = 86_400;

    /// <summary>What all lab workflows say of themselves.</summary>
    protected static WorkflowBuilder Base(WorkflowBuilder workflow) => workflow.Lab()
        .Timeout<LabInput>(input => input.Timeout)
        .EndWhen<LabInput>(input => input.EndWhen)
        .Example(new { group = "a", name = "n", digit = 1, steps = new[] { new { seconds = 20 } } });

    /// <inheritdoc />
    protected override string? Validate(LabInput input)
    {
        if (input.Steps.Count > MaxSteps)
            return $"steps: {MaxSteps} at most; these are {input.Steps.Count}.";
        if (input.Steps.Any(step => step is null))
            return "steps: each is an object such as {\"seconds\": 5}; one is null.";
        if (input.Children?.Count > MaxChildren)
            return $"children: {MaxChildren} at most; these are {input.Children.Count}.";
        foreach (LabInput child in input.Children?.OfType<LabInput>() ?? [])
        {
            if (child.Children is not null)
                return "children: a child has none of its own.";
            if (Validate(child) is { } error)
                return $"children: {error}";
        }

        if (input.Retries is < 0 or >= RetryPolicy.LargestMaxAttempts)
            return $"retries {input.Retries}: 0 to {RetryPolicy.LargestMaxAttempts - 1} is allowed.";
        double[] times = [.. input.Steps.Select(step => step.Seconds), input.CleanupSeconds ?? 0, input.Process ?? 0];
        return Array.Exists(times, seconds => seconds is not (>= 0 and <= MaxSeconds))
            ? $"seconds: a number from 0 to {MaxSeconds} is expected."
            : null;
    }

    /// <inheritdoc />
    public override async Task<IReadOnlyList<JsonElement?>> RunAsync(RunContext run, LabInput input)
    {
        StepOptions options = new()
        {
            Timeout = input.StepTimeout ?? Duration.Never,
            Retry = new RetryPolicy { MaxAttempts = input.Retries + 1, FirstDelay = TimeSpan.FromMilliseconds(100), Backoff = 1 },
        };
        List<JsonElement?> outputs = [];
        if (input.ExtendBy is { } extension)
            run.ExtendTimeout(extension);
        try
        {
            outputs.AddRange(await RunChildrenAsync(run, input));
            foreach (LabStep step in input.Steps)
            {
                outputs.Add(await RunStepAsync(run, step, options));
                if (input.SelfCancel && step == input.Steps[0])
                    run.Cancel("The lab workflow was told to cancel itself.");
                run.CancellationToken.ThrowIfCancellationRequested();
            }

            if (input.Process is { } sleep)
                outputs.Add(await run.CallStepAsync<LabProcess, JsonElement?>(sleep, options));
        }
        catch (OperationCanceledException) when (run.Stop is not null)
        {
            if (input.CleanupSeconds is { } seconds)
                await run.CallStepAsync<LabCleanup, bool>(seconds, CancellationToken.None);
            if (input.OnStop == LabOnStop.Throw)
                throw;
            if (input.OnStop == LabOnStop.Fail)
                throw new InvalidOperationException("The lab workflow was told to fail when it is stopped.");
        }

        return outputs;
    }

    /// <summary>A step that a newer one supersedes returns nothing, and the run goes on.</summary>
    private static async Task<JsonElement?> RunStepAsync(RunContext run, LabStep step, StepOptions options)
    {
        try
        {
            return await run.CallStepAsync<LabWork, JsonElement?>(step, options);
        }
        catch (StepStoppedException)
        {
            return null;
        }
    }

    /// <summary>By default there are none.</summary>
    private protected virtual Task<JsonElement?[]> RunChildrenAsync(RunContext run, LabInput input) => Task.FromResult<JsonElement?[]>([]);
}

/// <summary>One run per group; the newest wins.</summary>
public sealed class LabCancelInProgress : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) =>
        Base(workflow).Concurrency("{input.group}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress);
}

/// <summary>Three runs per group; the newest win.</summary>
public sealed class LabCancelInProgress3 : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) =>
        Base(workflow).Concurrency("{input.group}", maxRuns: 3, ConcurrencyStrategy.CancelInProgress);
}

/// <summary>One run per group; the newest wins, and starts at once.</summary>
public sealed class LabImmediate : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) =>
        Base(workflow).Concurrency("{input.group}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress, Handover.Immediate);
}

/// <summary>One run per group; while it runs, new runs are cancelled at once.</summary>
public sealed class LabCancelNewest : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) =>
        Base(workflow).Concurrency("{input.group}", maxRuns: 1, ConcurrencyStrategy.CancelNewest);
}

/// <summary>Two runs per group; up to 200 wait.</summary>
public sealed class LabQueue : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) =>
        Base(workflow).Concurrency("{input.group}", maxRuns: 2, ConcurrencyStrategy.Queue, maxQueued: 200);
}

/// <summary>As many runs per group as the newest says, 1 if it does not; the others wait.</summary>
public sealed class LabSlots : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) =>
        Base(workflow).Concurrency<LabInput>("{input.group}", maxRuns: (input, _) => input.Slots ?? 1, ConcurrencyStrategy.Queue);
}

/// <summary>Of each group one start a second, or two at once after a pause; the others wait for their time.</summary>
public sealed class LabThrottle : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow).Throttle("{input.group}", starts: 60, per: "1 minute", burst: 2);
}

/// <summary>Three starts a minute per group; more are rejected.</summary>
public sealed class LabRateLimit : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) =>
        Base(workflow).Throttle("{input.group}", starts: 3, per: "1 minute", whenFull: WhenFull.Reject);
}

/// <summary>The newest run of each group, when none has come for two seconds, or ten seconds after the first.</summary>
public sealed class LabDebounce : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow).Debounce("{input.group}", quiet: "2s", atMost: "10s");
}

/// <summary>One run per group and three in all; the groups take turns.</summary>
public sealed class LabRoundRobin : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) =>
        Base(workflow).Concurrency("{input.group}", maxRuns: 1, ConcurrencyStrategy.RoundRobin, maxTotal: 3);
}

/// <summary>One run at a time; the groups take turns, each as many as its newest run says.</summary>
public sealed class LabWeights : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow)
        .Concurrency("{input.group}", maxRuns: 1, ConcurrencyStrategy.RoundRobin, maxTotal: 1)
        .Weight<LabInput>((input, _) => input.Weight ?? 1);
}

/// <summary>Two runs per name and four per digit; the others wait.</summary>
public sealed class LabMulti : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow)
        .Concurrency("{input.name}", maxRuns: 2, ConcurrencyStrategy.Queue)
        .Concurrency("{input.digit}", maxRuns: 4, ConcurrencyStrategy.Queue);
}

/// <summary>Of the steps of a group, over all runs, one at a time; the newest wins, and the run of the older one goes on.</summary>
public sealed class LabStepGate : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) =>
        Base(workflow).StepConcurrency<LabWork>("{input.group}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress);
}

/// <summary>Of the steps of a group, over all runs, one starts a second, or two at once after a pause.</summary>
public sealed class LabStepThrottle : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow).StepThrottle<LabWork>("{input.group}", starts: 60, per: "1 minute", burst: 2);
}

/// <summary>Its runs and the steps of <see cref="LabSharedSteps"/> share one slot per group; the others wait.</summary>
public sealed class LabSharedRuns : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow).UseRule(LabRules.Slot);
}

/// <summary>Its steps and the runs of <see cref="LabSharedRuns"/> share one slot per group.</summary>
public sealed class LabSharedSteps : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow).UseStepRule<LabWork>(LabRules.Slot);
}

/// <summary>Of its runs and those of <see cref="LabSummarise"/> the newest of each group wins.</summary>
public sealed class LabTranslate : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow).UseRule(LabRules.Document);
}

/// <summary>Of its runs and those of <see cref="LabTranslate"/> the newest of each group wins.</summary>
public sealed class LabSummarise : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow).UseRule(LabRules.Document);
}

/// <summary>The rules that lab workflows share.</summary>
public static class LabRules
{
    /// <summary>One at a time per group, runs of one workflow and steps of another.</summary>
    public const string Slot = "lab-slot";

    /// <summary>The newest of each group, of two workflows.</summary>
    public const string Document = "lab-document";

    /// <summary>Adds them.</summary>
    public static PreemptBuilder AddLabRules(this PreemptBuilder preempt) => preempt
        .AddRule(Slot, "{input.group}", maxRuns: 1, ConcurrencyStrategy.Queue)
        .AddRule(Document, "{input.group}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress);
}

/// <summary>Starts its children side by side and waits for them, then runs its own steps.</summary>
public sealed class LabChildren : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow);

    private protected override async Task<JsonElement?[]> RunChildrenAsync(RunContext run, LabInput input)
    {
        IReadOnlyList<JsonElement?>[] outputs = await Task.WhenAll((input.Children ?? []).Select(
            child => run.CallWorkflowAsync<LabPlain, IReadOnlyList<JsonElement?>>(child ?? input with { Children = null })));
        return [.. outputs.Select(output => (JsonElement?)JsonSerializer.SerializeToElement(output))];
    }
}

/// <summary>Reads <see cref="LabInput.Children"/>: a list of inputs, or a number.</summary>
internal sealed class LabChildInputsConverter : JsonConverter<IReadOnlyList<LabInput?>?>
{
    private const int MaxNumber = 1000;

    public override IReadOnlyList<LabInput?>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
            return JsonSerializer.Deserialize<List<LabInput?>>(ref reader, options);
        return reader.TryGetInt32(out int number) && number is >= 0 and <= MaxNumber
            ? new LabInput?[number]
            : throw new JsonException($"A list of inputs, or a number from 0 to {MaxNumber}, is expected.");
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<LabInput?>? value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, (IReadOnlyCollection<LabInput?>?)value, options);
}

/// <summary>As many runs as are started.</summary>
public sealed class LabPlain : LabWorkflow
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => Base(workflow);
}

/// <summary>Works for a time, in pieces of 20 ms.</summary>
public sealed class LabWork : Step<LabStep, JsonElement?>
{
    /// <inheritdoc />
    public override async Task<JsonElement?> RunAsync(StepContext step, LabStep input)
    {
        if (input.ExtendBy is { } extension)
            await step.ExtendTimeoutAsync(extension);
        if (input.CancelRun)
            await step.CancelRunAsync("The lab step was told to cancel its run.");
        CancellationToken token = input.IgnoreStop ? CancellationToken.None : step.CancellationToken;
        await LabTime.WorkAsync(step, input.Seconds, token);
        return step.Attempt <= input.FailTimes
            ? throw new InvalidOperationException($"The lab step was told to fail {input.FailTimes} times; this is attempt {step.Attempt}.")
            : input.Output;
    }
}

/// <summary>Sleeps for a time in a child process, and returns its exit code.</summary>
public sealed class LabProcess : Step<double, JsonElement?>
{
    /// <inheritdoc />
    public override async Task<JsonElement?> RunAsync(StepContext step, double input)
    {
        string seconds = input.ToString(CultureInfo.InvariantCulture);
        ProcessResult result = await step.RunProcessAsync(OperatingSystem.IsWindows()
            ? new ProcessOptions("powershell", "-NoProfile", "-Command", $"Start-Sleep -Milliseconds ({seconds} * 1000)")
            : new ProcessOptions("sleep", seconds));
        return JsonSerializer.SerializeToElement(result.ExitCode);
    }
}

/// <summary>Cleans up for a time.</summary>
public sealed class LabCleanup : Step<double, bool>
{
    /// <inheritdoc />
    public override async Task<bool> RunAsync(StepContext step, double input)
    {
        await LabTime.WorkAsync(step, input, step.CancellationToken);
        return true;
    }
}

/// <summary>How lab steps pass their time.</summary>
internal static class LabTime
{
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(20);

    public static async Task WorkAsync(StepContext step, double seconds, CancellationToken cancellationToken)
    {
        long start = step.Time.GetTimestamp();
        TimeSpan whole = TimeSpan.FromSeconds(seconds);
        while (step.Time.GetElapsedTime(start) is var done && done < whole)
        {
            await step.ReportProgressAsync(done / whole);
            TimeSpan rest = whole - done;
            await Task.Delay(rest < Piece ? rest : Piece, step.Time, cancellationToken);
        }
    }
}
