using System.Collections.Concurrent;
using Microsoft.DurableTask;

namespace Preempt.Embedded.Engine;

/// <summary>
/// The orchestrations that have not ended, by id. An id is taken before the start that it is for becomes durable, so that no
/// two instances have it.
/// </summary>
internal sealed class InstanceTable(DurableEngine engine)
{
    private readonly ConcurrentDictionary<string, OrchestrationInstance> _live = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _live.Count;

    /// <summary>The instance in memory; null when there is none, or when it has ended.</summary>
    public OrchestrationInstance? Find(string instanceId) => _live.GetValueOrDefault(instanceId);

    /// <summary>The durable header of an instance, live or ended; null when there is none.</summary>
    public InstanceHeader? FindHeader(string instanceId) =>
        Find(instanceId) is { IsDurable: true } live ? live.Header : engine.Store.FindInstance(instanceId);

    public static InvalidOperationException AlreadyRuns(string instanceId) =>
        new($"An orchestration with the id '{instanceId}' exists and has not ended.");

    /// <summary>Takes an id; false when an instance of that id has not ended.</summary>
    public bool TryReserve(InstanceHeader header) => _live.TryAdd(header.InstanceId, new OrchestrationInstance(engine, header));

    /// <summary>Gives an id back that was taken for nothing.</summary>
    public void Release(string instanceId)
    {
        if (Find(instanceId) is not { } instance)
            return;
        instance.Close();
        Forget(instance);
    }

    /// <summary>
    /// Takes the ids of all instances that a turn starts. One whose id is taken does not start: a parent is told, an entity
    /// wanted it to run and it does. One that the same turn has started when it happened before runs already, and answers.
    /// </summary>
    public void Reserve(Commit commit)
    {
        for (int i = commit.Started.Count - 1; i >= 0; i--)
        {
            InstanceHeader header = commit.Started[i];
            if (TryReserve(header))
                continue;
            commit.Started.RemoveAt(i);
            if (header.Parent is { } parent && Find(header.InstanceId)?.Header.Parent != parent)
            {
                TaskFailureDetails failure = TaskFailureDetails.FromException(AlreadyRuns(header.InstanceId));
                commit.Deliveries.Add(new Delivery(parent.InstanceId, new TaskFailed(parent.TaskId, failure), parent.ExecutionId));
            }
        }
    }

    /// <summary>Takes up the instances of an earlier process.</summary>
    public void Add(IEnumerable<InstanceHeader> headers)
    {
        foreach (InstanceHeader header in headers)
            TryReserve(header);
    }

    public void Forget(OrchestrationInstance instance) =>
        _live.TryRemove(new KeyValuePair<string, OrchestrationInstance>(instance.Header.InstanceId, instance));
}
