using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>What bulk operations do, part by part, on the <see cref="ControlPlane"/>.</summary>
internal static class BulkWork
{
    /// <summary>Runs that one part works on at a time.</summary>
    private const int AtOnce = 16;

    /// <summary>Pages of the engine that one search reads: an entity that takes a minute is asked a second time.</summary>
    private const int MaxPages = 20;

    /// <summary>Counts the next runs that a filter matches.</summary>
    /// <param name="client">The function's client.</param>
    /// <param name="search">Which, and where to begin.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>How many there are, and where to go on.</returns>
    public static async Task<BulkCount> CountAsync(DurableTaskClient client, BulkSearch search, CancellationToken cancellationToken)
    {
        BulkPage page = await FindAsync(client, search, int.MaxValue, cancellationToken);
        return new BulkCount(page.RunIds.Length, page.Next);
    }

    /// <summary>Finds the next runs that a filter matches.</summary>
    /// <param name="client">The function's client.</param>
    /// <param name="search">Which, and where to begin.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>The runs, and where to go on.</returns>
    public static Task<BulkPage> FindAsync(DurableTaskClient client, BulkSearch search, CancellationToken cancellationToken) =>
        FindAsync(client, search, BulkOperation.PageSize, cancellationToken);

    private static async Task<BulkPage> FindAsync(DurableTaskClient client, BulkSearch search, int most, CancellationToken cancellationToken)
    {
        RunRange range = new(client, search.Filter);
        ImmutableArray<string>.Builder found = ImmutableArray.CreateBuilder<string>();
        int pages = 0;
        for (BulkPlace place = search.From; place.Range < range.Count; place = new BulkPlace(place.Range + 1))
        {
            await foreach (Page<OrchestrationMetadata> page in range.ReadAsync(place.Range, null, null, place.Token).WithCancellation(cancellationToken))
            {
                foreach (OrchestrationMetadata instance in page.Values)
                {
                    if (await range.FindAsync(place.Range, instance, cancellationToken) is { } run)
                        found.Add(run.Id);
                }

                bool isEnough = found.Count > most - RunRange.PageSize || ++pages == MaxPages;
                if (isEnough && page.ContinuationToken is { } token)
                    return new BulkPage(found.ToImmutable(), place with { Token = token });
            }
        }

        return new BulkPage(found.ToImmutable(), null);
    }

    /// <summary>Does the operation's work on some runs.</summary>
    /// <param name="runs">The app's client of runs.</param>
    /// <param name="task">What to do with which.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>What came of it.</returns>
    public static async Task<BulkResult> DoAsync(RunClient runs, BulkTask task, CancellationToken cancellationToken)
    {
        List<BulkFailure> failures = [];
        foreach (string[] few in task.RunIds.Chunk(AtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            BulkFailure?[] outcomes = await Task.WhenAll(few.Select(id => WorkOnAsync(runs, id, task, cancellationToken)));
            failures.AddRange(outcomes.OfType<BulkFailure>());
        }

        return new BulkResult(task.RunIds.Length - failures.Count, failures.Count, [.. failures.Take(BulkProgress.MaxFailures)]);
    }

    /// <summary>Null when it is done.</summary>
    private static async Task<BulkFailure?> WorkOnAsync(RunClient runs, string id, BulkTask task, CancellationToken cancellationToken)
    {
        try
        {
            if (task.Kind == BulkKind.Cancel)
                await CancelAsync(runs, id, task, cancellationToken);
            else
                await runs.ReplayAsync(id, $"{task.OperationId}:{id}", cancellationToken);
            return null;
        }
        catch (RunException exception)
        {
            return new BulkFailure(id, Excerpt.Shorten(exception.Message, BulkProgress.MaxDetailLength));
        }
    }

    private static async Task CancelAsync(RunClient runs, string id, BulkTask task, CancellationToken cancellationToken)
    {
        Run run = await runs.GetAsync(id, cancellationToken);
        try
        {
            await runs.RequestStopAsync(run, new CancelOptions(task.Reason), by: task.OperationId, cancellationToken);
        }
        catch (RunConflictException)
        {
            // It has ended meanwhile, which is what was wanted of it.
        }
    }
}
