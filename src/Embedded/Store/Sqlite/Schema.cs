using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>The tables of a store, and how a connection to them is set up.</summary>
internal static class Schema
{
    /// <summary>Goes up with each change of the tables.</summary>
    public const int Version = 3;

    /// <summary>
    /// Instances go by a number in all other tables, so that what is new is always written at the end of a table. Ids are
    /// <see cref="OrdinalText"/>; times are ticks, UTC. What an execution begins with is apart from what each turn changes, so that
    /// a turn does not write a large input again.
    /// </summary>
    private const string Tables = """
        CREATE TABLE instance (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            name TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            input TEXT,
            origin TEXT NOT NULL
        ) STRICT;
        CREATE TABLE state (
            instance INTEGER PRIMARY KEY,
            execution TEXT NOT NULL,
            status INTEGER NOT NULL,
            has_ended INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            custom_status TEXT,
            output TEXT,
            failure TEXT
        ) STRICT;
        CREATE INDEX unfinished ON state (instance) WHERE has_ended = 0;
        CREATE TABLE inbox (
            sequence INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            message TEXT NOT NULL
        ) STRICT;
        CREATE TABLE entity (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            state TEXT NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        """;

    /// <summary>
    /// One row for each turn, of all instances in the order of writing: a transaction writes a few full pages, and not one page for
    /// each instance that has made a turn.
    /// </summary>
    private const string History = """
        CREATE TABLE history (
            number INTEGER PRIMARY KEY,
            instance INTEGER NOT NULL,
            events TEXT NOT NULL
        ) STRICT;
        CREATE INDEX history_of ON history (instance);
        """;

    /// <summary>In version 1 the history was kept by instance.</summary>
    private const string FromVersion1 = $"""
        ALTER TABLE history RENAME TO history_1;
        {History}
        INSERT INTO history (instance, events) SELECT instance, events FROM history_1 ORDER BY instance, number;
        DROP TABLE history_1;
        """;

    /// <summary>Version 3 has the tables of version 2: only what stands in the history of an orchestration that goes on has changed.</summary>
    private static string ChangesFrom(int version) => version switch
    {
        0 => Tables + History,
        1 => FromVersion1,
        _ => "",
    };

    /// <summary>Opens the connection that writes, and creates or changes the tables of a new store or an older one.</summary>
    /// <exception cref="UnusableStoreException">The store is of a newer version, or of an older one that this program cannot go on with.</exception>
    public static SqliteConnection OpenWriter(StoreDirectory directory) => Open(directory, connection =>
    {
        int version = ReadVersion(connection);
        CheckVersion(version, directory);
        CheckFinished(connection, version, directory);
        // A commit is on the disk when it is acknowledged; on macOS that takes a full sync.
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;");
        Execute(connection, "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768;");
        if (version < Version)
            Change(connection, ChangesFrom(version));
    });

    /// <summary>Opens a connection that reads what is committed.</summary>
    public static SqliteConnection OpenReader(StoreDirectory directory) =>
        Open(directory, connection => Execute(connection, "PRAGMA query_only = ON;"));

    private static SqliteConnection Open(StoreDirectory directory, Action<SqliteConnection> prepare)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = directory.Database,
            Pooling = false,
        }.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout = 5000;");
            prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void CheckVersion(int version, StoreDirectory directory)
    {
        if (version > Version)
        {
            throw new UnusableStoreException(
                $"The store '{directory.Path}' has schema version {version}, and this program knows versions up to {Version}: "
                + "it was written by a newer one. Run that, or give this one another directory.");
        }
    }

    /// <summary>Before version 3 replay was the project's own, and histories lack what Microsoft's needs. Ended orchestrations are only read.</summary>
    private static void CheckFinished(SqliteConnection connection, int version, StoreDirectory directory)
    {
        if (version is 0 or Version)
            return;
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM state WHERE has_ended = 0;";
        long unfinished = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (unfinished > 0)
        {
            throw new UnusableStoreException(
                $"The store '{directory.Path}' has schema version {version}, and {unfinished} orchestrations in it have not ended. This program cannot go on "
                + $"with orchestrations that began before version {Version}: let the earlier one finish them, or give this one another directory.");
        }
    }

    private static void Change(SqliteConnection connection, string tables)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        Execute(connection, tables);
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version};"));
        transaction.Commit();
    }

    private static int ReadVersion(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version;";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is this class's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
