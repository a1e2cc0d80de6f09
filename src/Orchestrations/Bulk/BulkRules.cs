namespace Preempt;

/// <summary>Which bulk operations are allowed.</summary>
internal static class BulkRules
{
    /// <summary>Checks a request, and makes it exact.</summary>
    /// <exception cref="InvalidRunException">Something in it is not allowed.</exception>
    public static BulkRequest Check(BulkKind kind, BulkRequest request, DateTimeOffset now)
    {
        if (kind is not (BulkKind.Cancel or BulkKind.Replay))
            throw new InvalidRunException($"kind {kind}: Cancel or Replay is expected.");
        return request switch
        {
            { RunIds: { } ids, Filter: null } => request with { RunIds = CheckIds(ids) },
            { RunIds: null, Filter: { } filter } => request with { Filter = CheckFilter(kind, filter, now) },
            { RunIds: null, Filter: null } => throw new InvalidRunException("runIds or filter: one of the two is required."),
            _ => throw new InvalidRunException("runIds and filter: only one of the two is allowed."),
        };
    }

    private static string[] CheckIds(IReadOnlyList<string> ids)
    {
        if (ids.Count is 0 or > BulkRequest.MaxRunIds)
            throw new InvalidRunException($"runIds: 1 to {BulkRequest.MaxRunIds} are expected; these are {ids.Count}.");
        foreach (string id in ids)
        {
            if ((id is null ? "a run id is text; one is null." : RunId.Validate(id)) is { } error)
                throw new InvalidRunException($"runIds: {error}");
        }

        return [.. ids.Distinct(StringComparer.Ordinal)];
    }

    private static RunFilter CheckFilter(BulkKind kind, RunFilter filter, DateTimeOffset now)
    {
        filter = filter.Check();
        if (filter.IsEmpty)
            throw new InvalidRunException("filter: it is empty, and would match all runs. To match all runs, name their statuses.");
        RunStatus[] fitting = [.. RunStatusExtensions.All.Where(status => status.IsTerminal() == (kind == BulkKind.Replay))];
        if (filter.Status.Except(fitting).Any())
        {
            throw new InvalidRunException(
                $"filter.status: {(kind == BulkKind.Replay ? "only runs that have ended can be replayed" : "runs that have ended cannot be cancelled")}; "
                + $"{Words.Or([.. fitting.Select(status => status.ToString())])} is expected.");
        }

        return filter with
        {
            Status = filter.Status.Count == 0 ? fitting : filter.Status,
            Until = filter.Until < now ? filter.Until : now,
        };
    }
}
