using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>
/// Does one thing with many runs: page by page, a few chunks of a page at a time, each on the <see cref="ControlPlane"/>. What is done is in
/// the orchestration's history, so that a crash repeats a few chunks at most, and doing it twice does no harm.
/// </summary>
internal static class BulkOperation
{
    /// <summary>Runs of one chunk.</summary>
    private const int ChunkSize = 100;

    /// <summary>Chunks at one time.</summary>
    private const int AtOnce = 4;

    /// <summary>Pages of one generation: a history must not grow without end.</summary>
    private const int PagesAGeneration = 10;

    /// <summary>The runs of one page.</summary>
    internal const int PageSize = ChunkSize * AtOnce;

    /// <summary>Runs the operation: the orchestration <see cref="PreemptFunctions.Bulk"/>.</summary>
    /// <param name="context">The orchestration.</param>
    /// <returns>How it ended.</returns>
    public static async Task<BulkProgress> RunAsync(TaskOrchestrationContext context)
    {
        BulkState state = context.GetInput<BulkState>()!;
        BulkRequest request = state.Request;
        BulkProgress progress = state.Progress ?? new BulkProgress(await CountAsync(context, request));
        context.SetCustomStatus(progress.Short);
        BulkPlace? place = request.DryRun ? null : state.Next ?? new BulkPlace();
        for (int page = 0; page < PagesAGeneration && place is not null; page++)
        {
            BulkPage found = await FindAsync(context, request, place);
            place = found.Next;
            BulkResult[] results = await Task.WhenAll(found.RunIds.Chunk(ChunkSize).Select((chunk, number) => WorkAsync(context, state, number, [.. chunk])));
            progress = results.Aggregate(progress, (sum, result) => sum.Add(result));
            context.SetCustomStatus(progress.Short);
        }

        if (place is not null)
            context.ContinueAsNew(state with { Progress = progress, Next = place });
        DateTimeOffset now = new(context.CurrentUtcDateTime, TimeSpan.Zero);
        return request.DryRun ? progress with { EndedAt = now } : progress.End(now);
    }

    private static async Task<int> CountAsync(TaskOrchestrationContext context, BulkRequest request)
    {
        if (request.RunIds is { } ids)
            return ids.Count;
        int count = 0;
        for (BulkPlace? place = new(); place is not null;)
        {
            BulkCount counted = await context.CallEntityAsync<BulkCount>(
                ControlPlane.BulkOf(context.InstanceId), nameof(ControlPlane.CountRuns), new BulkSearch(request.Filter!, place));
            count += counted.Count;
            place = counted.Next;
        }

        return count;
    }

    private static Task<BulkPage> FindAsync(TaskOrchestrationContext context, BulkRequest request, BulkPlace place)
    {
        if (request.RunIds is not { } ids)
        {
            return context.CallEntityAsync<BulkPage>(
                ControlPlane.BulkOf(context.InstanceId), nameof(ControlPlane.FindRuns), new BulkSearch(request.Filter!, place));
        }

        int end = Math.Min(place.Index + PageSize, ids.Count);
        return Task.FromResult(new BulkPage(
            [.. ids.Skip(place.Index).Take(PageSize)], end < ids.Count ? place with { Index = end } : null));
    }

    private static async Task<BulkResult> WorkAsync(TaskOrchestrationContext context, BulkState state, int number, ImmutableArray<string> runIds)
    {
        try
        {
            BulkTask task = new(context.InstanceId, state.Kind, state.Request.Reason, runIds)
            {
                Filter = state.Request.Filter,
                Event = state.Event,
            };
            return await context.CallEntityAsync<BulkResult>(
                ControlPlane.BulkOf($"{context.InstanceId}:{number}"), nameof(ControlPlane.WorkOnRuns), task);
        }
        catch (EntityOperationFailedException exception)
        {
            // How far it got is not known: all of it counts as failed.
            string detail = Excerpt.Shorten(exception.FailureDetails.ErrorMessage, BulkProgress.MaxDetailLength);
            return new BulkResult(0, 0, runIds.Length)
            {
                Failures = [.. runIds.Take(BulkProgress.MaxFailures).Select(id => new BulkFailure(id, detail))],
            };
        }
    }
}
