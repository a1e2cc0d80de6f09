using Preempt.Client;

namespace Preempt.Cli.Watching;

/// <summary>Looks at the app again and again: at given runs, or at all of a filter, and at their gates.</summary>
internal sealed class Watcher(PreemptHttpClient client, IReadOnlyList<string> ids, RunFilter filter, TimeProvider time)
{
    private const int MaxActive = 50;
    private const int MaxGates = 12;

    private DateTimeOffset _since = time.GetUtcNow();

    public WatchedRuns Runs { get; } = new();

    /// <summary>The gates of the runs that have not ended.</summary>
    public IReadOnlyList<Gate> Gates { get; private set; } = [];

    /// <summary>Whether there is nothing left to see: all given runs have ended.</summary>
    public bool IsOver => ids.Count > 0 && !Runs.Active.Any() && Runs.All.Any();

    /// <summary>Looks once.</summary>
    /// <returns>The runs that have changed.</returns>
    public async Task<IReadOnlyList<Run>> LookAsync(CancellationToken cancellationToken)
    {
        Run[] seen = ids.Count > 0
            ? await GetAllAsync(Runs.All.Any() ? Runs.Active.Select(run => run.Id) : ids, cancellationToken)
            : await SearchAsync(cancellationToken);
        IReadOnlyList<Run> changed = Runs.See(seen);
        Gates = await GetGatesAsync(cancellationToken);
        return changed;
    }

    /// <summary>Those that have not ended, those accepted since the last look, and those that are no longer among these.</summary>
    private async Task<Run[]> SearchAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        RunFilter active = filter with { Status = [RunStatus.Queued, RunStatus.Running, RunStatus.Stopping] };
        Page<Run> running = await client.ListPageAsync(active, MaxActive, cancellationToken: cancellationToken);
        Page<Run> recent = await client.ListPageAsync(filter with { Since = _since }, MaxActive, cancellationToken: cancellationToken);
        // The app's clock may be a little behind.
        _since = now - TimeSpan.FromSeconds(2);
        Dictionary<string, Run> seen = [];
        foreach (Run run in recent.Items.Concat(running.Items))
            seen[run.Id] = run;
        Run[] gone = await GetAllAsync(Runs.Active.Select(run => run.Id).Where(id => !seen.ContainsKey(id)), cancellationToken);
        return [.. seen.Values, .. gone];
    }

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
