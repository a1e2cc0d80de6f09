using System.Collections.Concurrent;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>Keeps readers for use from many threads, each by one at a time.</summary>
internal sealed class ReaderPool(Func<StoreReader> open) : IDisposable
{
    /// <summary>Readers that are kept open when nobody uses them.</summary>
    private const int MaxIdle = 8;

    private readonly ConcurrentBag<StoreReader> _idle = [];
    private volatile bool _isDisposed;

    public T Read<T>(Func<StoreReader, T> read)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_idle.TryTake(out StoreReader? reader))
            reader = open();
        try
        {
            return read(reader);
        }
        finally
        {
            Return(reader);
        }
    }

    private void Return(StoreReader reader)
    {
        if (_isDisposed || _idle.Count >= MaxIdle)
        {
            reader.Dispose();
            return;
        }

        _idle.Add(reader);
        if (_isDisposed)
            Dispose();
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryTake(out StoreReader? reader))
            reader.Dispose();
    }
}
