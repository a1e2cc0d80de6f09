using Microsoft.Data.Sqlite;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store.Sqlite;

namespace Preempt.Embedded.Store;

/// <summary>
/// State in a directory, for one process at a time: an SQLite database in WAL mode. A commit is on the disk when it is
/// acknowledged. Opening takes up no more than what has not ended; the rest is read when it is asked for.
/// </summary>
internal sealed class SqliteStore : IStore, IDisposable
{
    private readonly StoreDirectory _directory;
    private readonly GroupCommitter _committer;
    private readonly ReaderPool _readers;
    private bool _isDisposed;

    private SqliteStore(StoreDirectory directory, SqliteConnection writer)
    {
        _directory = directory;
        _committer = new GroupCommitter(new CommitWriter(writer), directory.Path);
        _readers = new ReaderPool(() => new StoreReader(Schema.OpenReader(directory)));
    }

    /// <summary>Opens the store in a directory, which is created if need be.</summary>
    /// <exception cref="UnusableStoreException">
    /// Another process uses it, a newer version wrote it, or it cannot be read and written.
    /// </exception>
    public static SqliteStore Open(string path)
    {
        StoreDirectory directory = StoreDirectory.Take(path);
        SqliteConnection? writer = null;
        try
        {
            writer = Schema.OpenWriter(directory);
            return new SqliteStore(directory, writer);
        }
        catch (Exception exception)
        {
            writer?.Dispose();
            directory.Dispose();
            if (exception is SqliteException failure)
                throw UnusableStoreException.Of(failure, directory.Database);
            throw;
        }
    }

    public void Commit(Commit commit, Action<Exception?> done) =>
        _committer.Add(new PendingCommit(commit, CommitJson.Of(commit), done));

    public InstanceHeader? FindInstance(string instanceId) => Read(reader => reader.FindInstance(instanceId));

    public IReadOnlyList<HistoryEvent> ReadHistory(string instanceId) => Read(reader => reader.ReadHistory(instanceId));

    public EntityRecord? FindEntity(string entityId) => Read(reader => reader.FindEntity(entityId));

    public IReadOnlyList<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter) =>
        Read(reader => reader.ListInstances(prefix, after, limit, filter));

    public IReadOnlyList<EntityRecord> ListEntities(string prefix, string? after, int limit, Func<EntityRecord, bool> filter) =>
        Read(reader => reader.ListEntities(prefix, after, limit, filter));

    public Unfinished ReadUnfinished() => Read(reader => reader.ReadUnfinished());

    /// <exception cref="UnusableStoreException">SQLite cannot read the file.</exception>
    private T Read<T>(Func<StoreReader, T> read)
    {
        try
        {
            return _readers.Read(read);
        }
        catch (SqliteException exception)
        {
            throw UnusableStoreException.Of(exception, _directory.Database);
        }
    }

    /// <summary>Writes what waits to be written, and gives the directory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        _committer.Dispose();
        _readers.Dispose();
        _directory.Dispose();
    }
}
