using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client.Entities;

namespace Preempt;

// What is drawn of many runs.
public sealed partial class RunClient
{
    /// <summary>Reads the runs of a workflow over a time, in short form, and the waiting runs at its gates.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="since">The beginning of the time.</param>
    /// <param name="until">Its end; null for now.</param>
    /// <param name="key">A concurrency key; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The runs of that time: those that have not ended, and ended ones that were accepted in it, or before it by at most
    /// its length or an hour.
    /// </returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">A condition is not allowed.</exception>
    public async Task<Lanes> GetLanesAsync(
        string workflow, DateTimeOffset since, DateTimeOffset? until = null, string? key = null, CancellationToken cancellationToken = default)
    {
        RegisteredWorkflow definition = _app.Registry.Find(workflow);
        RunFilter all = new RunFilter { Workflow = definition.Name, Key = key, Since = since, Until = until }.Check();
        TimeSpan length = (until ?? _app.Time.GetUtcNow()) - since;
        TimeSpan before = length > TimeSpan.FromHours(1) ? length : TimeSpan.FromHours(1);
        (List<Run> open, bool hasAllOpen) = await RunScan.ReadAsync(_client, all with { Since = null, Status = LaneReader.Open }, cancellationToken);
        (List<Run> ended, bool hasAllEnded) = await RunScan.ReadAsync(
            _client, all with { Since = since - before, Status = LaneReader.Ended }, cancellationToken);
        // A run that ended between the two readings is in both.
        HashSet<string> over = [.. ended.Select(run => run.Id)];
        open.RemoveAll(run => over.Contains(run.Id));
        ended.RemoveAll(run => run.EndedAt < since);
        IReadOnlyList<Run> living = await _app.Progress.FillAsync([.. open], cancellationToken);
        (ImmutableArray<LaneGate> gates, bool hasAllGates) = definition.Rules.IsEmpty
            ? ([], true)
            : await ReadLaneGatesAsync(_gates.OfWorkflow(definition.Name), key, cancellationToken);
        return LaneReader.Make([.. living, .. ended], gates, hasAllOpen && hasAllEnded && hasAllGates);
    }

    private async Task<(ImmutableArray<LaneGate> Gates, bool IsComplete)> ReadLaneGatesAsync(
        KnownRule rule, string? key, CancellationToken cancellationToken)
    {
        const int MaxGates = 1000;
        if (key is not null)
            return (LaneReader.Read(await _gates.FindAsync(rule.GateOf(key), cancellationToken), key), true);
        ImmutableArray<LaneGate>.Builder gates = ImmutableArray.CreateBuilder<LaneGate>();
        int read = 0;
        await foreach (Page<EntityMetadata<GateState>> page in _gates.ReadPagesAsync(rule, null, RunRange.PageSize, cancellationToken))
        {
            foreach (EntityMetadata<GateState> gate in page.Values)
            {
                if (read++ == MaxGates)
                    return (gates.ToImmutable(), false);
                gates.AddRange(LaneReader.Read(gate.State, key));
            }
        }

        return (gates.ToImmutable(), true);
    }

    /// <summary>Counts runs, and measures how long they waited and took to stop.</summary>
    /// <param name="filter">The filter; null for all runs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The numbers.</returns>
    /// <exception cref="InvalidRunException">A condition is not allowed.</exception>
    public async Task<RunStatistics> GetStatisticsAsync(RunFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter = (filter ?? new RunFilter()).Check();
        (List<Run> runs, bool isComplete) = await RunScan.ReadAsync(_client, filter, cancellationToken);
        return StatisticsReader.Make(runs, filter.Since, filter.Until ?? _app.Time.GetUtcNow(), isComplete);
    }

    /// <summary>Lists the bulk operations of the last 7 days, the newest first.</summary>
    /// <param name="limit">How many at most, 1 to 200.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The operations.</returns>
    /// <exception cref="InvalidRunException">The limit is not allowed.</exception>
    public async Task<IReadOnlyList<Operation>> ListOperationsAsync(int limit = 50, CancellationToken cancellationToken = default)
    {
        if (limit is < 1 or > LargestPage)
            throw new InvalidRunException($"limit {limit}: 1 to {LargestPage} is allowed.");
        return await OperationReader.ListAsync(_client, KeptIds.Operations, _app.Time.GetUtcNow() - CleanUpRules.Operations, limit, cancellationToken);
    }
}
