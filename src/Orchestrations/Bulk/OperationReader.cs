using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>A bulk operation's orchestration as callers see it.</summary>
internal static class OperationReader
{
    /// <summary>The operation; null when the instance is none.</summary>
    public static Operation? Read(OrchestrationMetadata instance)
    {
        if (instance.Name != PreemptFunctions.Bulk || StoredJson.TryRead<BulkState>(instance.SerializedInput) is not { } state)
            return null;
        BulkProgress progress = ReadProgress(instance) ?? state.Progress ?? new BulkProgress(0);
        return new Operation
        {
            Id = instance.InstanceId,
            Kind = state.Kind,
            Status = instance switch
            {
                { RuntimeStatus: OrchestrationRuntimeStatus.Completed } => OperationStatus.Succeeded,
                { RuntimeStatus: OrchestrationRuntimeStatus.Terminated } => OperationStatus.Stopped,
                { IsCompleted: true } => OperationStatus.Failed,
                _ => OperationStatus.Running,
            },
            Total = progress.Total,
            Done = progress.Done,
            Failed = progress.Failed,
            NothingToDo = progress.NothingToDo,
            StartedAt = state.StartedAt,
            EndedAt = progress.EndedAt ?? (instance.IsCompleted ? instance.LastUpdatedAt : null),
            DryRun = state.Request.DryRun,
            Reason = state.Request.Reason,
            Failures = progress.Failures,
        };
    }

    /// <summary>The operations since a time, the newest first.</summary>
    public static async Task<IReadOnlyList<Operation>> ListAsync(
        DurableTaskClient client, string prefix, DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        const int PageSize = 50;
        // Those with an idempotency key have ids made of it, in no order of time.
        PriorityQueue<Operation, DateTimeOffset> newest = new();
        IAsyncEnumerable<Page<OrchestrationMetadata>> pages = EnginePages.ReadAsync(
            (start, size) => client.GetAllInstancesAsync(new OrchestrationQuery
            {
                CreatedFrom = since,
                InstanceIdPrefix = prefix,
                PageSize = size,
                FetchInputsAndOutputs = true,
            }).AsPages(start, size),
            null,
            PageSize,
            cancellationToken);
        await foreach (Page<OrchestrationMetadata> page in pages)
        {
            foreach (Operation operation in page.Values.Select(Read).OfType<Operation>())
            {
                newest.Enqueue(operation, operation.StartedAt);
                if (newest.Count > limit)
                    newest.Dequeue();
            }
        }

        return [.. newest.UnorderedItems.Select(item => item.Element).OrderByDescending(operation => operation.StartedAt)];
    }

    /// <summary>How far the operation of an instance is; null before it has said so.</summary>
    public static BulkProgress? ReadProgress(OrchestrationMetadata instance) =>
        (instance.RuntimeStatus == OrchestrationRuntimeStatus.Completed ? StoredJson.TryRead<BulkProgress>(instance.SerializedOutput) : null)
        ?? StoredJson.TryRead<BulkProgress>(instance.SerializedCustomStatus);
}
