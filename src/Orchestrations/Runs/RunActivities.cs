using System.Collections.Immutable;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>The activities that runs need for themselves.</summary>
internal sealed class RunActivities(ICancellationFeed feed, AppModeReader mode)
{
    /// <summary>Tells a run's steps to stop.</summary>
    public Task PublishStopAsync(StopNotice notice, CancellationToken cancellationToken) => feed.PublishAsync(notice, cancellationToken);

    /// <summary>Finds out which runs have ended, or are gone.</summary>
    /// <returns>Those that do not live.</returns>
    public static async Task<ImmutableArray<string>> FindEndedAsync(
        FindEndedRequest request, DurableTaskClient client, CancellationToken cancellationToken)
    {
        ImmutableArray<string>.Builder ended = ImmutableArray.CreateBuilder<string>();
        foreach (IGrouping<string, string> holders in request.RunIds.GroupBy(holder => HolderId.Parse(holder).RunId))
        {
            OrchestrationMetadata? instance = await client.GetInstanceAsync(holders.Key, cancellationToken);
            if (instance is null or { IsCompleted: true })
                ended.AddRange(holders);
        }

        return ended.ToImmutable();
    }

    /// <summary>Starts a run for another, unless it has been started.</summary>
    public async Task StartRunAsync(ChildStart start, DurableTaskClient client, CancellationToken cancellationToken)
    {
        AppState state = await mode.GetAsync(client, cancellationToken);
        RunRequest request = start.Request with { Held = state.Mode != AppMode.Running };
        await RunStart.EnsureStartedAsync(client, start.RunId, request, cancellationToken);
    }

    /// <summary>Reads how a run has ended that did not end by itself.</summary>
    /// <returns>The outcome; null when the run is gone.</returns>
    public static async Task<RunOutcome?> ReadOutcomeAsync(string runId, DurableTaskClient client, CancellationToken cancellationToken)
    {
        OrchestrationMetadata? instance = await client.GetInstanceAsync(runId, getInputsAndOutputs: true, cancellationToken);
        return instance is null ? null : RunReader.ReadOutcome(instance);
    }

    /// <summary>Ends a run whose steps do not end: tells them a last time, then terminates the run's instance with its outcome.</summary>
    public async Task EndRunAsync(ForcedEnd end, DurableTaskClient client, CancellationToken cancellationToken)
    {
        StopReason reason = end.Outcome.Record.Stop?.Reason ?? StopReason.Self;
        await feed.TryPublishAsync(new StopNotice(end.RunId, reason, Force: true), cancellationToken);
        await client.TerminateInstanceAsync(end.RunId, new TerminateInstanceOptions(end.Outcome), cancellationToken);
    }
}

/// <summary>The input of the activity that ends a run by force.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Outcome">What its output becomes.</param>
internal sealed record ForcedEnd(string RunId, RunOutcome Outcome);

/// <summary>The input of the activity that finds out which runs have ended.</summary>
/// <param name="RunIds">The runs to look at; a step that holds a gate of its own is <c>{run}#{step}</c>.</param>
internal sealed record FindEndedRequest(ImmutableArray<string> RunIds);
