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
    /// <exception cref="InvalidOperationException">
    /// Another process uses it, a newer version wrote it, or it cannot be read and written.
    /// </exception>
    public static SqliteStore Open(string path)
    {
        StoreDirectory directory = StoreDirectory.Take(path);
        try
        {
            return new SqliteStore(directory, Schema.OpenWriter(directory));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public void Commit(Commit commit, Action<Exception?> done) =>
        _committer.Add(new PendingCommit(commit, CommitJson.Of(commit), done));

    public InstanceHeader? FindInstance(string instanceId) => _readers.Read(reader => reader.FindInstance(instanceId));

    public IReadOnlyList<HistoryEvent> ReadHistory(string instanceId) => _readers.Read(reader => reader.ReadHistory(instanceId));

    public EntityRecord? FindEntity(string entityId) => _readers.Read(reader => reader.FindEntity(entityId));

    public IReadOnlyList<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter) =>
        _readers.Read(reader => reader.ListInstances(prefix, after, limit, filter));

    public IReadOnlyList<EntityRecord> ListEntities(string prefix, string? after, int limit, Func<EntityRecord, bool> filter) =>
        _readers.Read(reader => reader.ListEntities(prefix, after, limit, filter));

    public Unfinished ReadUnfinished() => _readers.Read(reader => reader.ReadUnfinished());

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
