using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>
/// Tells the senders of commits how they went, in order, on a thread of its own: what they do then neither delays the next
/// transaction nor waits for a thread of a busy pool.
/// </summary>
internal sealed class Acknowledgements : IDisposable
{
    private readonly BlockingCollection<(List<PendingCommit> Batch, Exception? Failure)> _batches = [];
    private readonly Thread _thread;

    public Acknowledgements()
    {
        _thread = new Thread(Run) { Name = "Preempt store acknowledgements", IsBackground = true };
        _thread.Start();
    }

    public void Add(List<PendingCommit> batch, Exception? failure) => _batches.Add((batch, failure));

    private void Run()
    {
        foreach ((List<PendingCommit> batch, Exception? failure) in _batches.GetConsumingEnumerable())
        {
            foreach (PendingCommit pending in batch)
                Tell(pending.Done, failure ?? pending.Refusal);
        }
    }

    private static void Tell(Action<Exception?> done, Exception? failure)
    {
        try
        {
            done(failure);
        }
#pragma warning disable CA1031 // The next sender must be told, whatever this one threw.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // A fault of the engine; as from any of its threads it ends the process, but not before the others are told.
            ThreadPool.QueueUserWorkItem(static thrown => ExceptionDispatchInfo.Throw(thrown), exception, preferLocal: false);
        }
    }

    /// <summary>Returns when all have been told.</summary>
    public void Dispose()
    {
        _batches.CompleteAdding();
        _thread.Join();
        _batches.Dispose();
    }
}
