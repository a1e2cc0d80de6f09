using System.Collections.Immutable;

namespace Preempt;

public sealed partial class RunClient
{
    /// <summary>The most runs of a page.</summary>
    public const int LargestPage = 200;

    /// <summary>Lists runs, the newest first.</summary>
    /// <param name="filter">The filter; null for all runs.</param>
    /// <param name="limit">How many at most, 1 to 200. A page of large inputs or outputs has fewer.</param>
    /// <param name="cursor">The cursor of the previous page; null for the first page. The filter must be the same.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The runs, and the cursor of the next page; null after the last page.</returns>
    /// <exception cref="InvalidRunException">A condition, the limit or the cursor is not allowed.</exception>
    public async Task<(IReadOnlyList<Run> Items, string? Cursor)> ListAsync(
        RunFilter? filter = null, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default)
    {
        if (limit is < 1 or > LargestPage)
            throw new InvalidRunException($"limit {limit}: 1 to {LargestPage} is allowed.");
        filter = (filter ?? new RunFilter()).Check();
        RunList list = new(new RunRange(_client, filter), filter, _app.Time.GetUtcNow());
        (IReadOnlyList<Run> runs, string? end) = await list.ReadAsync(limit, cursor, cancellationToken);
        return (await _app.Progress.FillAsync(runs, cancellationToken), end);
    }

    /// <summary>Explains the state of a run in words: why it is so, what the run waits for, and what comes next.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The explanation.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public async Task<RunExplanation> ExplainAsync(string id, CancellationToken cancellationToken = default)
    {
        FoundRun found = await _lookup.LookAsync(id, cancellationToken);
        RunRequest request = found.Request;
        Run run = await _app.Progress.FillAsync(found.Run, cancellationToken);
        List<GateState> gates = [];
        bool admitsRuns = true;
        if (!run.Status.IsTerminal())
        {
            admitsRuns = (await _app.Mode.ReadAsync(_client, cancellationToken)).Mode == AppMode.Running;
            foreach (RunGate gate in request.Gates)
                gates.Add(await _gates.FindAsync(gate.Gate, cancellationToken));
        }

        ImmutableArray<string> sentences = RunExplainer.Explain(run, request, gates, admitsRuns, _app.Time.GetUtcNow());
        return new RunExplanation(run.Id, run.Status, found.IsSuspended ? sentences.Insert(0, RunExplainer.Suspended) : sentences);
    }

    /// <summary>
    /// Starts a new run with the input, the key, the metadata and the priority of a run that has ended. It uses the workflow as it
    /// is now, and its present timeouts.
    /// </summary>
    /// <param name="id">The run that has ended.</param>
    /// <param name="idempotencyKey">1 to 255 characters; a repeated call with the same key returns the first call's run.</param>
    /// <param name="cancellationToken">Cancels the call; the run may have been accepted anyway.</param>
    /// <returns>The new run, and whether it was started now.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="UnknownWorkflowException">Its workflow no longer exists.</exception>
    /// <exception cref="InvalidRunException">The workflow no longer accepts the input.</exception>
    /// <exception cref="RunConflictException">The run has not ended.</exception>
    public Task<(Run Run, bool IsNew)> ReplayAsync(string id, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _starter.ReplayAsync(id, idempotencyKey, cancellationToken);
}
