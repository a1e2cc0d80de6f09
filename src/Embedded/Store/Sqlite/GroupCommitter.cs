using System.Runtime.InteropServices;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>
/// The one thread that writes: it takes all commits that wait, writes them in one transaction, and has their senders told. One
/// sync of the disk serves them all; the busier the engine, the more.
/// </summary>
internal sealed class GroupCommitter : IDisposable
{
    /// <summary>Commits in one transaction at most: bounds how long the first of them waits for the last.</summary>
    private const int MaxBatch = 1000;

    /// <summary>Commits that may wait before senders have to.</summary>
    private const int MaxPending = 10_000;

    private readonly CommitWriter _writer;
    private readonly CommitQueue _queue;
    private readonly Acknowledgements _acknowledgements;
    private readonly Thread _thread;
    private readonly string _store;
    private Exception? _failure;

    public GroupCommitter(CommitWriter writer, string store)
    {
        _writer = writer;
        _store = store;
        _queue = new CommitQueue(MaxPending, writer.LastSequence);
        _acknowledgements = new Acknowledgements();
        _thread = new Thread(Run) { Name = "Preempt store", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Makes the commit durable, then has <c>Done</c> called.</summary>
    public void Add(PendingCommit pending)
    {
        if (!_queue.TryAdd(pending))
            pending.Done(new ObjectDisposedException(nameof(SqliteStore), $"The store '{_store}' is closed."));
    }

    private void Run()
    {
        while (_queue.TakeBatch(MaxBatch) is { Count: > 0 } batch)
        {
            // After a failure nothing is written any more: what comes later may build on what was lost.
            _failure ??= Write(batch);
            _acknowledgements.Add(batch, _failure);
        }
    }

    private IOException? Write(List<PendingCommit> batch)
    {
        try
        {
            _writer.Begin();
            foreach (ref PendingCommit pending in CollectionsMarshal.AsSpan(batch))
                pending = pending with { Refusal = _writer.Write(pending.Commit, pending.Json) };
            _writer.End();
            return null;
        }
#pragma warning disable CA1031 // Whatever goes wrong, all who wait must hear of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Undo();
            return new IOException($"The store '{_store}' cannot be written: {exception.Message}", exception);
        }
    }

    private void Undo()
    {
        try
        {
            _writer.Undo();
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // The failure has ended the transaction already.
        }
    }

    /// <summary>Writes what waits, and returns when all have been told.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _acknowledgements.Dispose();
        _writer.Dispose();
    }
}
