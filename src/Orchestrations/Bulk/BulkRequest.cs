using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>What a bulk operation does with each run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BulkKind>))]
public enum BulkKind
{
    /// <summary>Asks it to stop.</summary>
    [JsonStringEnumMemberName("bulk-cancel")]
    Cancel,

    /// <summary>Starts a run with its input.</summary>
    [JsonStringEnumMemberName("bulk-replay")]
    Replay,
}

/// <summary>What is to be done with many runs: those of a list, or those of a filter.</summary>
public sealed record BulkRequest
{
    /// <summary>The most runs that can be listed. A filter may mean any number.</summary>
    public const int MaxRunIds = 10_000;

    /// <summary>What to do.</summary>
    public required BulkKind Kind { get; init; }

    /// <summary>The runs, 10,000 at most; null with a filter.</summary>
    public IReadOnlyList<string>? RunIds { get; init; }

    /// <summary>
    /// Which runs that were accepted before the operation; null with a list. A cancel takes those that have not ended, a replay those
    /// that have.
    /// </summary>
    public RunFilter? Filter { get; init; }

    /// <summary>Why, in words; of a cancel, the runs keep it.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the runs are only counted.</summary>
    public bool DryRun { get; init; }

    /// <summary>Checks the request, and makes it exact.</summary>
    /// <exception cref="InvalidRunException">Something in it is not allowed.</exception>
    internal BulkRequest Check(DateTimeOffset now) => (RunIds, Filter) switch
    {
        ({ } ids, null) => this with { RunIds = CheckIds(ids) },
        (null, { } filter) => this with { Filter = CheckFilter(filter, now) },
        (null, null) => throw new InvalidRunException("runIds or filter: one of the two is required."),
        _ => throw new InvalidRunException("runIds and filter: only one of the two is allowed."),
    };

    private static string[] CheckIds(IReadOnlyList<string> ids)
    {
        if (ids.Count is 0 or > MaxRunIds)
            throw new InvalidRunException($"runIds: 1 to {MaxRunIds} are expected; these are {ids.Count}.");
        foreach (string id in ids)
        {
            if ((id is null ? "a run id is text; one is null." : RunId.Validate(id)) is { } error)
                throw new InvalidRunException($"runIds: {error}");
        }

        return [.. ids.Distinct(StringComparer.Ordinal)];
    }

    private RunFilter CheckFilter(RunFilter filter, DateTimeOffset now)
    {
        filter = filter.Check();
        if (filter.IsEmpty)
            throw new InvalidRunException("filter: it says nothing, and would mean all runs; name their statuses to mean that.");
        RunStatus[] fitting = [.. Enum.GetValues<RunStatus>().Where(status => status.IsTerminal() == (Kind == BulkKind.Replay))];
        if (filter.Status.Except(fitting).Any())
        {
            throw new InvalidRunException(
                $"filter.status: {(Kind == BulkKind.Replay ? "only runs that have ended can be replayed" : "runs that have ended cannot be cancelled")}; "
                + $"{Words.Or([.. fitting.Select(status => status.ToString())])} is expected.");
        }

        return filter with
        {
            Status = filter.Status.Count == 0 ? fitting : filter.Status,
            Until = filter.Until < now ? filter.Until : now,
        };
    }
}
