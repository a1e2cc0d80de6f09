using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>One page of the live runs, and what it is to be told.</summary>
/// <param name="State">The state that the orchestration was started with: its number alone counts, and the rest is read as it is written.</param>
/// <param name="Cursor">The cursor of the previous page; null for the first page.</param>
internal sealed record ModePage(AppState State, string? Cursor);

/// <summary>What was found there.</summary>
/// <param name="Cursor">Where the page ended; null after the last.</param>
/// <param name="Running">Runs whose code runs.</param>
/// <param name="Waiting">Runs that have not started.</param>
internal sealed record ModePageResult(string? Cursor, int Running, int Waiting)
{
    /// <summary>The mode that they were told of; null if it is another change that holds, or this one is not written yet.</summary>
    public AppMode? Mode { get; init; }
}

/// <summary>How far a change of mode has got: the custom status of the orchestration that applies it.</summary>
/// <param name="Running">Runs whose code ran when last looked.</param>
/// <param name="Waiting">Runs that had not started when last looked.</param>
/// <param name="LookedAt">When that was, UTC.</param>
internal sealed record ModeProgress(int Running, int Waiting, DateTimeOffset LookedAt);

/// <summary>
/// Tells the live runs of a change of the app's mode: the orchestration function <see cref="PreemptFunctions.ApplyMode"/>. It looks
/// again until nothing runs any more, because starts that were under way appear late; a newer change ends it.
/// </summary>
/// <remarks>
/// It goes by the state as it is written. What it was started with can be of a batch of the switch's operations that was lost: done again in another order, a change
/// gets the number that another had in vain.
/// </remarks>
internal static class ModeApplication
{
    private const int PageSize = 200;
    private const int LooksBetweenFreshStarts = 50;

    private static readonly TimeSpan FirstRead = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(TaskOrchestrationContext context)
    {
        AppState state = context.GetInput<AppState>()!;
        GrowingPause pause = new(FirstPause, LongestPause);
        GrowingPause unwritten = new(FirstRead, LongestPause);
        AppMode? mode = null;
        for (int look = 1; look <= LooksBetweenFreshStarts; look++)
        {
            (mode, ModeProgress progress) = await LookAsync(context, state);
            if (mode is not null)
                context.SetCustomStatus(progress);
            bool isDone = mode == AppMode.Running || (mode is not null && progress.Running == 0);
            if (isDone && look > 1)
                return;
            await context.CreateTimer((mode is null ? unwritten : pause).Next(), CancellationToken.None);
            AppState latest = await context.CallEntityAsync<AppState>(AppSwitch.Id, nameof(AppSwitch.Get));
            if (latest.Generation > state.Generation)
                return;
        }

        // What has not been written by now was lost with its batch. When that is done again, this is started again.
        if (mode is not null)
            context.ContinueAsNew(state);
    }

    private static async Task<(AppMode? Mode, ModeProgress Progress)> LookAsync(TaskOrchestrationContext context, AppState state)
    {
        (int running, int waiting) = (0, 0);
        AppMode? mode;
        string? cursor = null;
        do
        {
            ModePageResult page = await context.CallEntityAsync<ModePageResult>(
                ControlPlane.BulkOf(context.InstanceId), nameof(ControlPlane.ApplyMode), new ModePage(state, cursor));
            running += page.Running;
            waiting += page.Waiting;
            mode = page.Mode;
            cursor = page.Cursor;
        }
        while (cursor is not null);
        return (mode, new ModeProgress(running, waiting, new DateTimeOffset(context.CurrentUtcDateTime, TimeSpan.Zero)));
    }

    /// <summary>Tells one page of them, on the <see cref="ControlPlane"/>.</summary>
    public static async Task<ModePageResult> ApplyAsync(ModePage page, RunClients app, DurableTaskClient client, CancellationToken cancellationToken)
    {
        AppState state = await app.Mode.ReadAsync(client, cancellationToken);
        if (state.Generation != page.State.Generation)
            return new ModePageResult(null, 0, 0);
        IAsyncEnumerable<Page<OrchestrationMetadata>> pages = EnginePages.ReadAsync(
            (start, size) => client.GetAllInstancesAsync(new OrchestrationQuery
            {
                Statuses = [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Suspended],
                PageSize = size,
                FetchInputsAndOutputs = true,
            }).AsPages(start, size),
            page.Cursor,
            PageSize,
            cancellationToken);
        await foreach (Page<OrchestrationMetadata> found in pages)
        {
            (int running, int waiting) = (0, 0);
            foreach (OrchestrationMetadata instance in found.Values)
            {
                if (RunReader.ReadRequest(instance) is not { } request)
                    continue;
                RunRecord record = RunReader.ReadOutcome(instance).Record;
                running += record.Status is RunStatus.Running or RunStatus.Stopping ? 1 : 0;
                waiting += record.Status == RunStatus.Queued ? 1 : 0;
                if (MessageFor(state, request, record, app.Time.GetUtcNow()) is { } message)
                    await TellAsync(instance.InstanceId, message with { Life = request.Life }, client, app.Feed, cancellationToken);
            }

            return new ModePageResult(found.ContinuationToken, running, waiting) { Mode = state.Mode };
        }

        return new ModePageResult(null, 0, 0) { Mode = state.Mode };
    }

    /// <summary>What a run is to be told of the mode; null for nothing. A child goes with its parent.</summary>
    internal static RunMessage? MessageFor(AppState state, RunRequest request, RunRecord record, DateTimeOffset now) =>
        (state.Mode, record) switch
        {
            (AppMode.Running, { Held: true }) => new RunMessage { Kind = RunMessageKind.Release },
            (AppMode.Running, _) => null,
            (_, { Status: RunStatus.Queued, Held: false }) when !request.IsChild => new RunMessage { Kind = RunMessageKind.Hold },
            (AppMode.Stopping, { Status: RunStatus.Running }) => RunMessage.ForStop(new StopRequest
            {
                Reason = StopReason.Shutdown,
                RequestedAt = now,
                Message = "The app shuts down.",
            }),
            _ => null,
        };

    private static async Task TellAsync(
        string runId, RunMessage message, DurableTaskClient client, ICancellationFeed feed, CancellationToken cancellationToken)
    {
        if (!await client.TrySendAsync(runId, message, cancellationToken))
            return;
        if (message.Stop is { } stop)
            await feed.TryPublishAsync(new StopNotice(runId, stop.Reason, Life: message.Life), cancellationToken);
    }
}
