using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>
/// Where the engine is to look for the runs of a filter: in a range of instance ids. The runs of a workflow, and of a key of it,
/// are a range of their own; runs whose ids the caller chose are found by pointers, small instances in a second such range.
/// </summary>
internal sealed class RunRange(DurableTaskClient client, RunFilter filter)
{
    /// <summary>The most instances that are read at once.</summary>
    public const int PageSize = 100;

    private static readonly OrchestrationRuntimeStatus[] Ended =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    private static readonly OrchestrationRuntimeStatus[] Alive =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    /// <summary>How many ranges there are: the second has the pointers, and without a workflow there is no need of them.</summary>
    public int Count => filter.Workflow is null ? 1 : 2;

    /// <summary>The instances of one range, page by page, in the order of their ids.</summary>
    /// <param name="range">Which, from 0.</param>
    /// <param name="from">Taken in at or after this time.</param>
    /// <param name="to">Taken in at or before this time.</param>
    /// <param name="token">Where an earlier page ended.</param>
    public IAsyncEnumerable<Page<OrchestrationMetadata>> ReadAsync(int range, DateTimeOffset? from, DateTimeOffset? to, string? token = null) =>
        EnginePages.ReadAsync(
            (start, size) => client.GetAllInstancesAsync(new OrchestrationQuery
            {
                CreatedFrom = from,
                CreatedTo = to,
                Statuses = range == 0 ? RuntimeStatuses() : null,
                InstanceIdPrefix = range == 0 ? filter.Prefix : KeptIds.Pointers + filter.Prefix,
                PageSize = size,
                FetchInputsAndOutputs = true,
            }).AsPages(start, size),
            token,
            PageSize);

    /// <summary>Whether only runs are meant that have not ended.</summary>
    public bool IsOfAlive => filter.Status is { Count: > 0 } wanted && wanted.All(status => !status.IsTerminal());

    /// <summary>The statuses of instances that runs of the wanted statuses can have; null for any.</summary>
    private OrchestrationRuntimeStatus[]? RuntimeStatuses() => filter.Status switch
    {
        [] => null,
        var wanted when wanted.All(status => status.IsTerminal()) => Ended,
        _ when IsOfAlive => Alive,
        _ => null,
    };

    /// <summary>The run that an instance is, or points to; null when it is none, or not one that is meant.</summary>
    public async Task<Run?> FindAsync(int range, OrchestrationMetadata instance, CancellationToken cancellationToken)
    {
        OrchestrationMetadata? found = range == 0 ? instance : await FollowAsync(instance, cancellationToken);
        return found is not null && RunReader.Read(found) is { } run && filter.Matches(run) ? run : null;
    }

    private async Task<OrchestrationMetadata?> FollowAsync(OrchestrationMetadata instance, CancellationToken cancellationToken)
    {
        if (instance.Name != PreemptFunctions.Claim || StoredJson.TryRead<IdempotencyClaim>(instance.SerializedInput)?.RunId is not { } runId)
            return null;
        // Such an id can lie in the first range by chance, or by its maker's wish: there it has been found.
        return runId.StartsWith(filter.Prefix, StringComparison.Ordinal)
            ? null
            : await client.GetInstanceAsync(runId, getInputsAndOutputs: true, cancellationToken);
    }

    /// <summary>A run with an id that its caller chose lies outside the range of its workflow: has a pointer in it lead there.</summary>
    public static async Task PointToAsync(DurableTaskClient client, string runId, RunRequest request, CancellationToken cancellationToken)
    {
        // Another start of the same id may make the same pointer at this moment.
        if (PointerTo(runId, request) is { } pointer)
            await client.TryScheduleAsync(PreemptFunctions.Claim, new IdempotencyClaim(runId), new StartOrchestrationOptions(pointer), cancellationToken);
    }

    /// <summary>The id of the pointer to a run; null when the run's own id lies where it is looked for.</summary>
    public static string? PointerTo(string runId, RunRequest request)
    {
        string prefix = RunId.Prefix(request.Workflow, request.Gates is [var gate, ..] ? gate.Key : null);
        return runId.StartsWith(prefix, StringComparison.Ordinal) ? null : $"{KeptIds.Pointers}{prefix}{RunId.HashKey(runId)}";
    }
}
