using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Engine;

/// <summary>Forgets instances that have ended, with their history.</summary>
internal sealed class Purging(DurableEngine engine)
{
    /// <summary>Instances that go into one commit at most.</summary>
    private const int MaxBatch = 500;

    public async Task<PurgeResult> PurgeAsync(PurgeInstancesFilter filter, bool isRecursive, CancellationToken cancellation)
    {
        long start = engine.Time.GetTimestamp();
        Func<InstanceHeader, bool> passes = EngineClient.InstanceFilter(filter.Statuses, filter.CreatedFrom, filter.CreatedTo);
        int count = 0;
        string? last = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (filter.Timeout is { } timeout && engine.Time.GetElapsedTime(start) > timeout)
                return new PurgeResult(count, isComplete: false);
            IReadOnlyList<InstanceHeader> page =
                engine.Store.ListInstances("", last, MaxBatch, header => header.HasEnded && passes(header));
            if (page.Count == 0)
                return new PurgeResult(count, isComplete: true);
            last = page[^1].InstanceId;
            count += await PurgeAsync(page.Select(header => header.InstanceId), isRecursive);
        }
    }

    /// <summary>Purges those of the instances that have ended, and returns how many they are.</summary>
    /// <param name="isRecursive">Whether their sub-orchestrations go with them, those that have ended.</param>
    public async Task<int> PurgeAsync(IEnumerable<string> instanceIds, bool isRecursive)
    {
        Commit commit = new();
        foreach (string instanceId in instanceIds)
            Add(instanceId, isRecursive, commit);
        if (commit.Purged.Count == 0)
            return 0;
        await engine.SubmitAsync(commit);
        commit.Purged.ForEach(engine.Instances.Release);
        return commit.Purged.Count;
    }

    /// <summary>Takes the id, so that no instance begins under it before it is purged.</summary>
    private void Add(string instanceId, bool isRecursive, Commit commit)
    {
        if (engine.Store.FindInstance(instanceId) is not { } header || !engine.Instances.TryReserve(header))
            return;
        if (engine.Store.FindInstance(instanceId) is null)
        {
            engine.Instances.Release(instanceId);
            return;
        }

        commit.Purged.Add(instanceId);
        if (!isRecursive)
            return;
        foreach (ChildStarted child in ReadHistory(instanceId).OfType<ChildStarted>())
        {
            if (engine.Store.FindInstance(child.InstanceId)?.Parent?.InstanceId == instanceId)
                Add(child.InstanceId, isRecursive, commit);
        }
    }

    /// <summary>What the store has; nothing where that is no history. Then the sub-orchestrations are not found, and stay.</summary>
    private IReadOnlyList<HistoryEvent> ReadHistory(string instanceId)
    {
        try
        {
            return engine.Store.ReadHistory(instanceId);
        }
        catch (InvalidDataException exception)
        {
            engine.Logger.LogError(exception, "The sub-orchestrations of {Instance} are not purged with it", instanceId);
            return [];
        }
    }
}
