namespace Preempt.Cli.Watching;

/// <summary>The runs that are looked at: what they were when last seen, and what has changed since.</summary>
internal sealed class WatchedRuns
{
    /// <summary>How many runs are kept at most; beyond, the oldest that have ended are forgotten.</summary>
    public const int MaxRuns = 500;

    private readonly Dictionary<string, Run> _runs = [];

    /// <summary>All runs, those accepted first in front.</summary>
    public IEnumerable<Run> All => _runs.Values.OrderBy(run => run.QueuedAt).ThenBy(run => run.Id, StringComparer.Ordinal);

    /// <summary>Those that have not ended.</summary>
    public IEnumerable<Run> Active => All.Where(run => !run.Status.IsTerminal());

    /// <summary>Takes in what was seen.</summary>
    /// <returns>What is new, and what has changed so that a person would see it.</returns>
    public IReadOnlyList<Run> See(IEnumerable<Run> seen)
    {
        List<Run> changed = [];
        foreach (Run run in seen.OrderBy(run => run.QueuedAt))
        {
            if (_runs.TryGetValue(run.Id, out Run? before) && Face(before) == Face(run))
                continue;
            changed.Add(run);
            _runs[run.Id] = run;
        }

        foreach (Run old in All.Where(run => run.Status.IsTerminal()).Take(Math.Max(0, _runs.Count - MaxRuns)).ToArray())
            _runs.Remove(old.Id);
        return changed;
    }

    /// <summary>What a person sees of a run, progress in steps of a tenth.</summary>
    private static (RunStatus Status, StopReason? Stop, int Tenths, string? Message) Face(Run run) =>
        (run.Status, run.Stop?.Reason, (int)((run.Progress?.Fraction ?? 0) * 10), run.Progress?.Message);
}
