using Preempt.Client;

namespace Preempt.Cli.Watching;

/// <summary>Looks at the app again and again: at given runs, or at all of a filter, and at their gates.</summary>
/// <param name="client">The app.</param>
/// <param name="ids">The runs that are looked at, as they were typed; none for those of the filter.</param>
/// <param name="find">Finds a run by what was typed.</param>
/// <param name="filter">Which runs, without <paramref name="ids"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class Watcher(
    PreemptHttpClient client, IReadOnlyList<string> ids, Func<string, CancellationToken, Task<Run>> find, RunFilter filter, TimeProvider time)
{
    /// <summary>Runs of each kind that are asked for at one time.</summary>
    private const int MaxRuns = 100;
    private const int MaxGates = 12;

    private static readonly RunStatus[] AtWork = [RunStatus.Running, RunStatus.Stopping];
    private static readonly RunStatus[] Active = [RunStatus.Queued, .. AtWork];

    private DateTimeOffset? _since;

    public WatchedRuns Runs { get; } = new();

    /// <summary>The gates of the runs that have not ended.</summary>
    public IReadOnlyList<Gate> Gates { get; private set; } = [];

    /// <summary>How many runs have not ended, by status; those that are looked at, or all of the filter.</summary>
    public IReadOnlyDictionary<RunStatus, int> Counts { get; private set; } = new Dictionary<RunStatus, int>();

    /// <summary>How many runs have not ended in all.</summary>
    public int ActiveCount => Counts.Values.Sum();

    /// <summary>Whether there is nothing left to see: all given runs have ended.</summary>
    public bool IsOver => ids.Count > 0 && !Runs.Active.Any() && Runs.All.Any();

    /// <summary>Looks once.</summary>
    /// <returns>The runs that have changed.</returns>
    public async Task<IReadOnlyList<Run>> LookAsync(CancellationToken cancellationToken)
    {
        Run[] seen = ids.Count == 0
            ? await SearchAsync(cancellationToken)
            : Runs.All.Any()
                ? await GetAllAsync(Runs.Active.Select(run => run.Id), cancellationToken)
                : await Task.WhenAll(ids.Distinct().Select(id => find(id, cancellationToken)));
        IReadOnlyList<Run> changed = Runs.See(seen);
        if (ids.Count > 0)
            Counts = Count(Runs.Active);
        Gates = await GetGatesAsync(cancellationToken);
        return changed;
    }

    /// <summary>
    /// Those that have not ended, those accepted since the last look, and those that are no longer among these. The first look asks for
    /// the former alone: a person waits for it.
    /// </summary>
    private async Task<Run[]> SearchAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        Task<Page<Run>> activePage = client.ListPageAsync(filter with { Status = Active }, MaxRuns, cancellationToken: cancellationToken);
        Task<Page<Run>> recentPage = _since is { } since
            ? client.ListPageAsync(filter with { Since = since }, MaxRuns, cancellationToken: cancellationToken)
            : Task.FromResult(new Page<Run>([]));
        await Task.WhenAll(activePage, recentPage);
        // The app's clock may be a little behind.
        _since = now - TimeSpan.FromSeconds(2);
        List<Run> found = [.. (await recentPage).Items, .. (await activePage).Items];
        bool areAll = (await activePage).Cursor is null;
        if (!areAll)
        {
            // The newest of a long line are those that wait; what runs is seen too.
            Task<Page<Run>> atWork = client.ListPageAsync(filter with { Status = AtWork }, MaxRuns, cancellationToken: cancellationToken);
            Task<RunStatistics> statistics = client.GetStatisticsAsync(filter with { Status = Active }, cancellationToken);
            await Task.WhenAll(atWork, statistics);
            found.AddRange((await atWork).Items);
            Counts = (await statistics).Statuses.ToDictionary(count => count.Status, count => count.Runs);
        }

        // Of two answers about a run the later in its life is the newer.
        Dictionary<string, Run> seen = found.GroupBy(run => run.Id).ToDictionary(group => group.Key, group => group.MaxBy(run => run.Status)!);
        Run[] gone = await GetAllAsync(Runs.Active.Select(run => run.Id).Where(id => !seen.ContainsKey(id)).Take(MaxRuns), cancellationToken);
        Run[] all = [.. seen.Values, .. gone];
        if (areAll)
            Counts = Count(all.Where(run => !run.Status.IsTerminal()));
        return all;
    }

    private static Dictionary<RunStatus, int> Count(IEnumerable<Run> runs) =>
        runs.GroupBy(run => run.Status).ToDictionary(group => group.Key, group => group.Count());

    private async Task<Run[]> GetAllAsync(IEnumerable<string> wanted, CancellationToken cancellationToken) =>
        await Task.WhenAll(wanted.Distinct().Select(id => client.GetAsync(id, cancellationToken)));

    private async Task<IReadOnlyList<Gate>> GetGatesAsync(CancellationToken cancellationToken)
    {
        (string Workflow, string Key)[] places =
            [.. Runs.Active.Where(run => run.Key is not null).Select(run => (run.Workflow, run.Key!)).Distinct().Take(MaxGates)];
        Gate[] gates = await Task.WhenAll(places.Select(place => client.GetGateAsync(place.Workflow, place.Key, cancellationToken)));
        // One gate may serve several keys.
        return [.. gates.DistinctBy(gate => (gate.Workflow, gate.Version, gate.Key))];
    }
}
