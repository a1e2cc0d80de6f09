using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;

namespace Preempt.Testing;

/// <summary>A store on which the process can be made to die at a commit: just before it is durable, or just after.</summary>
/// <param name="faults">Kills the process at random commits; null for none.</param>
internal sealed class FaultyStore(IStore store, InjectedFaults? faults) : IStore
{
    private int _commitsLeft = -1;
    private bool _isKept;

    /// <summary>Whether the process has died and has not come back.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Commits that have been made durable.</summary>
    public int Commits { get; private set; }

    /// <summary>Told of each commit that is durable, in their order, before anybody sees any of it.</summary>
    public Action<Commit> Committing { get; set; } = static _ => { };

    /// <summary>Lets that many commits pass; at the next one the process dies.</summary>
    public void DieAfter(int commits, bool isKept)
    {
        _commitsLeft = commits;
        _isKept = isKept;
    }

    public void Revive()
    {
        IsDead = false;
        _commitsLeft = -1;
    }

    public void Commit(Commit commit, Action<Exception?> done)
    {
        if (IsDead)
            return;
        bool isKept = Die();
        if (IsDead && !isKept)
            return;
        Commits++;
        store.Commit(commit, failure =>
        {
            if (failure is null)
                Committing(commit);
            if (!IsDead)
                done(failure);
        });
    }

    /// <summary>Dies if this commit is the one to die at, and says whether that is durable.</summary>
    private bool Die()
    {
        IsDead = _commitsLeft == 0;
        _commitsLeft--;
        if (IsDead || faults is null)
            return _isKept;
        (IsDead, bool isKept) = faults.NextCommit();
        return isKept;
    }

    public InstanceHeader? FindInstance(string instanceId) => store.FindInstance(instanceId);

    public IReadOnlyList<HistoryEvent> ReadHistory(string instanceId) => store.ReadHistory(instanceId);

    public EntityRecord? FindEntity(string entityId) => store.FindEntity(entityId);

    public IReadOnlyList<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter) =>
        store.ListInstances(prefix, after, limit, filter);

    public IReadOnlyList<EntityRecord> ListEntities(string prefix, string? after, int limit, Func<EntityRecord, bool> filter) =>
        store.ListEntities(prefix, after, limit, filter);

    public Unfinished ReadUnfinished() => store.ReadUnfinished();
}
