namespace Preempt.Functions.Workflows;

/// <summary>A video to render.</summary>
/// <param name="Customer">The customer.</param>
/// <param name="Title">Its title.</param>
/// <param name="Seconds">How long rendering takes, up to an hour.</param>
public sealed record VideoOrder(string Customer, string Title, double Seconds = 5);

/// <summary>
/// Renders videos on four machines: one at a time for each customer, and the customers take turns, so that one with a thousand videos
/// does not keep the others waiting.
/// </summary>
public sealed class RenderVideo : Workflow<VideoOrder, string>
{
    private const double MaxSeconds = 3600;

    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.customer}", maxRuns: 1, ConcurrencyStrategy.RoundRobin, maxTotal: 4)
        .Timeout("2 hours")
        .Grace("30s")
        .Example(new VideoOrder("ada", "Holidays", Seconds: 20));

    /// <inheritdoc />
    protected override string? Validate(VideoOrder input) => input.Seconds is >= 0 and <= MaxSeconds
        ? null
        : $"seconds {input.Seconds}: 0 to {MaxSeconds} is allowed.";

    /// <inheritdoc />
    public override Task<string> RunAsync(RunContext run, VideoOrder input) => run.CallStepAsync<Render, string>(input);
}

/// <summary>Renders with a program that takes no token. It runs as a child process, which is ended on a stop.</summary>
public sealed class Render : Step<VideoOrder, string>
{
    /// <inheritdoc />
    public override async Task<string> RunAsync(StepContext step, VideoOrder input)
    {
        await step.ReportProgressAsync(0, $"rendering {input.Title}");
        // A stand-in for the renderer, which takes as long.
        ProcessResult result = await step.RunProcessAsync(
            new ProcessOptions("sleep", FormattableString.Invariant($"{input.Seconds}")));
        return result.ExitCode == 0 ? $"{input.Title}.mp4" : throw new InvalidOperationException($"The renderer ended with {result.ExitCode}.");
    }
}
