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
    /// <param name="app">The app's clients.</param>
    /// <param name="client">The function's client.</param>
    /// <param name="task">What to do with which.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>What came of it.</returns>
    public static async Task<BulkResult> DoAsync(RunClients app, DurableTaskClient client, BulkTask task, CancellationToken cancellationToken)
    {
        RunLookup lookup = new(app, client);
        IBulkAction action = task.Kind switch
        {
            BulkKind.Cancel => new BulkCancel(task, lookup, new RunMessenger(app, client, lookup)),
            BulkKind.Publish => new BulkTelling(task, client, lookup, app.Time),
            _ => new BulkReplay(task, client, lookup, new RunStarter(app, client, lookup)),
        };
        List<string> done = [];
        List<BulkFailure> failures = [];
        foreach (string[] few in task.RunIds.Chunk(AtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach ((string id, bool isDone, BulkFailure? failure) in await Task.WhenAll(few.Select(id => DoAsync(action, id, cancellationToken))))
            {
                if (isDone)
                    done.Add(id);
                if (failure is not null)
                    failures.Add(failure);
            }
        }

        return new BulkResult(done.Count, task.RunIds.Length - done.Count - failures.Count, failures.Count)
        {
            DoneWith = task.Kind == BulkKind.Publish ? [.. done.Take(BulkProgress.MaxDoneWith)] : [],
            Failures = [.. failures.Take(BulkProgress.MaxFailures)],
        };
    }

    private static async Task<(string RunId, bool IsDone, BulkFailure? Failure)> DoAsync(
        IBulkAction action, string id, CancellationToken cancellationToken)
    {
        try
        {
            return (id, await action.TryDoAsync(id, cancellationToken), null);
        }
        catch (RunException exception)
        {
            return (id, false, new BulkFailure(id, Excerpt.Shorten(exception.Message, BulkProgress.MaxDetailLength)));
        }
    }
}
