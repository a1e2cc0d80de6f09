using System.Runtime.InteropServices;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>A commit that is not durable yet, its JSON, and the callback for when it is, or why it is refused.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PendingCommit(Commit Commit, CommitJson Json, Action<Exception?> Done, Exception? Refusal = null);

/// <summary>
/// Commits on their way to the writer, in order. A caller that adds one to a full queue waits; the order of adding is that of the
/// messages' sequences.
/// </summary>
internal sealed class CommitQueue(int capacity, long lastSequence)
{
    private readonly object _lock = new();
    private readonly Queue<PendingCommit> _pending = new();
    private long _lastSequence = lastSequence;
    private bool _isClosed;

    /// <summary>Adds a commit, and gives its messages their sequences; false when the queue is closed.</summary>
    public bool TryAdd(PendingCommit pending)
    {
        lock (_lock)
        {
            while (_pending.Count >= capacity && !_isClosed)
                Monitor.Wait(_lock);
            if (_isClosed)
                return false;
            Number(pending.Commit);
            _pending.Enqueue(pending);
            if (_pending.Count == 1)
                Monitor.PulseAll(_lock);
            return true;
        }
    }

    private void Number(Commit commit)
    {
        for (int i = 0; i < commit.Deliveries.Count; i++)
            commit.Deliveries[i] = commit.Deliveries[i] with { Sequence = ++_lastSequence };
        for (int i = 0; i < commit.Requests.Count; i++)
            commit.Requests[i] = commit.Requests[i] with { Sequence = ++_lastSequence };
    }

    /// <summary>Waits for commits and takes up to <paramref name="limit"/>; none when the queue is closed and empty.</summary>
    public List<PendingCommit> TakeBatch(int limit)
    {
        lock (_lock)
        {
            while (_pending.Count == 0 && !_isClosed)
                Monitor.Wait(_lock);
            List<PendingCommit> batch = new(Math.Min(limit, _pending.Count));
            bool wasFull = _pending.Count >= capacity;
            while (batch.Count < limit && _pending.TryDequeue(out PendingCommit next))
                batch.Add(next);
            if (wasFull)
                Monitor.PulseAll(_lock);
            return batch;
        }
    }

    /// <summary>Takes no more commits; those in the queue are still written.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.PulseAll(_lock);
        }
    }
}
