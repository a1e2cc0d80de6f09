namespace Preempt.Embedded.Store.Sqlite;

/// <summary>The directory of a store, held for this process alone until it is disposed of or the process ends, however it ends.</summary>
internal sealed class StoreDirectory : IDisposable
{
    private readonly FileStream _lock;

    private StoreDirectory(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "store.db");

    /// <summary>Creates the directory if need be, and takes it.</summary>
    /// <exception cref="UnusableStoreException">Somebody else has it, or it cannot be written.</exception>
    public static StoreDirectory Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path);
            return new(path, TakeLock(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnusableStoreException($"The store '{path}' cannot be opened: {exception.Message}", exception);
        }
    }

    private static FileStream TakeLock(string path)
    {
        string file = System.IO.Path.Combine(path, "lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(file))
        {
            throw new UnusableStoreException(
                $"The store '{path}' is in use by another process. Stop that process, or set another directory for this one.",
                exception);
        }
    }

    public void Dispose() => _lock.Dispose();
}
