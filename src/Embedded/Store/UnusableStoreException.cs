using Microsoft.Data.Sqlite;

namespace Preempt.Embedded.Store;

/// <summary>Why an app cannot start on its store; the message is for whoever has started it.</summary>
internal sealed class UnusableStoreException(string message, Exception? inner = null) : InvalidOperationException(message, inner)
{
    private const int Corrupt = 11;
    private const int NoDatabase = 26;

    /// <summary>What SQLite says of the file of a store, and what to do.</summary>
    public static UnusableStoreException Of(SqliteException failure, string file) => new(
        failure.SqliteErrorCode is Corrupt or NoDatabase
            ? $"The store '{file}' is damaged: {failure.Message} Put a copy of the file back, save what is left of it with \"sqlite3 '{file}' .recover\", or give the app another directory (Preempt:Store)."
            : $"The store '{file}' cannot be used: {failure.Message}",
        failure);
}
