namespace Preempt;

/// <summary>
/// What is known of the run of a supervised orchestrator: its orchestration's input is its own, so the run's record says what it is.
/// </summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Version">The workflow's version.</param>
/// <param name="Key">The concurrency key of its first rule, its first 100 characters; null without one.</param>
/// <param name="QueuedAt">When it was started, UTC.</param>
internal sealed record SupervisedRun(string Workflow, string Version, string? Key, DateTimeOffset QueuedAt)
{
    private const int MaxKeyLength = 100;

    /// <summary>The most characters that it takes as JSON, but for those that are escaped.</summary>
    internal const int MaxLength = MaxKeyLength + 200;

    internal static SupervisedRun? Of(RunRequest request) => request.IsSupervised
        ? new(
            request.Workflow,
            request.Version,
            Excerpt.Shorten(request.Gates is [var gate, ..] ? gate.Key : null, MaxKeyLength),
            request.QueuedAt)
        : null;
}
