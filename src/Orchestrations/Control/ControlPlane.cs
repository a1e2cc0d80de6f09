using System.Collections.Immutable;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>
/// What must not wait behind work: stops, ends by force, looks at other runs, bulk operations and drains. Steps are activities, and may hold
/// every slot that there is for activities; entities have slots of their own. So these are operations of an entity that keeps nothing, the
/// entity function <see cref="PreemptFunctions.Control"/>. Every operation may be done twice.
/// </summary>
/// <param name="app">The app's clients.</param>
/// <param name="client">The function's client.</param>
/// <param name="hostStopping">Fires when the host shuts down: the caller asks again.</param>
internal sealed class ControlPlane(RunClients app, DurableTaskClient client, CancellationToken hostStopping) : TaskEntity<object?>
{
    /// <summary>The entity that publishes the stops of a run, and ends it by force.</summary>
    public static EntityInstanceId StopsOf(string runId) => Shard("stops", runId);

    /// <summary>The entity that looks at other runs for a run.</summary>
    public static EntityInstanceId LooksOf(string runId) => Shard("looks", runId);

    /// <summary>The entity that does a part of a bulk operation, or of a drain.</summary>
    public static EntityInstanceId BulkOf(string part) => Shard("bulk", part);

    private static EntityInstanceId Shard(string kind, string of) =>
        new(PreemptFunctions.Control, FormattableString.Invariant($"{kind}-{RunId.ShardOf(of):D2}"));

    /// <summary>Tells a run's steps to stop. Signalled: a notice that is lost with its worker is sent again by its run.</summary>
    public Task PublishStop(StopNotice notice) => app.Feed.PublishAsync(notice, CancellationToken.None);

    /// <summary>
    /// Ends a run whose steps do not end: tells them a last time, then terminates the run's instance with its outcome. Signalled, by the run
    /// itself, until it is ended.
    /// </summary>
    public async Task EndRun(ForcedEnd end)
    {
        StopReason reason = end.Outcome.Record.Stop?.Reason ?? StopReason.Self;
        await app.Feed.TryPublishAsync(new StopNotice(end.RunId, reason, Force: true, Life: HolderId.LifeOf(end.QueuedAt)), CancellationToken.None);
        OrchestrationMetadata? instance = await client.GetInstanceAsync(end.RunId, getInputsAndOutputs: true, CancellationToken.None);
        // A late signal must not end a run that was given the id since.
        bool isMeant = instance is { IsCompleted: false } && (RunReader.ReadRequest(instance) is not { } request || request.QueuedAt == end.QueuedAt);
        if (isMeant)
            await client.TerminateInstanceAsync(end.RunId, new TerminateInstanceOptions(end.Outcome), CancellationToken.None);
    }

    /// <summary>Finds out which runs, and steps, have ended, or are gone, and need their slots no longer.</summary>
    /// <returns>Those that do not live.</returns>
    public Task<ImmutableArray<string>> FindEnded(FindEndedRequest request) =>
        new DeadHolders(client, app.Feed, app.Time, Context).FindAsync(request.RunIds, hostStopping);

    /// <summary>Reads how a run has ended that did not end by itself.</summary>
    /// <returns>The outcome; null when the run is gone.</returns>
    public async Task<RunOutcome?> ReadOutcome(string runId)
    {
        OrchestrationMetadata? instance = await client.GetInstanceAsync(runId, getInputsAndOutputs: true, hostStopping);
        return instance is null ? null : RunReader.ReadOutcome(instance);
    }

    /// <summary>Finds out whether a run was restarted past Preempt.</summary>
    /// <returns>What is new of it; null when it was not.</returns>
    public Task<RestartedRun?> FindRestart(RestartQuestion question) => Restart.ReadAsync(question, app, client, hostStopping);

    /// <summary>Counts the next runs that a filter matches.</summary>
    public Task<BulkCount> CountRuns(BulkSearch search) => BulkWork.CountAsync(client, search, hostStopping);

    /// <summary>Finds the next runs that a filter matches.</summary>
    public Task<BulkPage> FindRuns(BulkSearch search) => BulkWork.FindAsync(client, search, hostStopping);

    /// <summary>Does a bulk operation's work on some runs.</summary>
    public Task<BulkResult> WorkOnRuns(BulkTask work) => BulkWork.DoAsync(app, client, work, hostStopping);

    /// <summary>Removes one page of what is no longer needed.</summary>
    public Task<CleanUpResult> CleanUp(CleanUpPage page) => CleanUpWork.DoAsync(page, app, client, hostStopping);

    /// <summary>Tells one page of the live runs of the app's mode.</summary>
    public Task<ModePageResult> ApplyMode(ModePage page) => ModeApplication.ApplyAsync(page, app, client, hostStopping);

    /// <summary>Looks for a change of a limit in its rule's book.</summary>
    public Task<LimitStanding> FindLimit(LimitChange change) => LimitApplication.FindAsync(change, client, hostStopping);

    /// <summary>Tells one page of a rule's gates of its limits.</summary>
    public Task<LimitPageResult> ApplyLimits(LimitPage page) => LimitApplication.ApplyAsync(page, client, Context, hostStopping);

    /// <inheritdoc />
    protected override object? InitializeState(TaskEntityOperation entityOperation) => null;
}

/// <summary>What it takes to end a run by force.</summary>
/// <param name="RunId">The run.</param>
/// <param name="QueuedAt">When it was accepted: another run may have its id by the time.</param>
/// <param name="Outcome">What its output becomes.</param>
internal sealed record ForcedEnd(string RunId, DateTimeOffset QueuedAt, RunOutcome Outcome);

/// <summary>Runs to look at.</summary>
/// <param name="RunIds">The runs and steps, each as a <see cref="HolderId"/>.</param>
internal sealed record FindEndedRequest(ImmutableArray<string> RunIds);
