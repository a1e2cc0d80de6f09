using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>
/// A prepared statement that is used over and over, on SQLite's own interface: on this path a <see cref="SqliteCommand"/> costs
/// as much as the statement itself. Not safe for use from two threads at once.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const int MaxOnStack = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Gives a parameter, counted from 1, its value; it keeps it until it is given another.</summary>
    public Statement Set(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    /// <inheritdoc cref="Set(int, long)" />
    public Statement Set(int parameter, string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(_statement, parameter));
            return this;
        }

        int length = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = length > MaxOnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> buffer = rented ?? stackalloc byte[MaxOnStack];
        SetText(parameter, buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>Gives a parameter text that is UTF-8 already.</summary>
    public Statement SetText(int parameter, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_text(_statement, parameter, value));
        return this;
    }

    /// <summary>Gives a parameter bytes.</summary>
    public Statement SetBytes(int parameter, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    /// <summary>Runs the statement to its end, and returns how many rows it changed.</summary>
    public int Run()
    {
        try
        {
            while (Step())
            {
                // A statement that changes rows has none to return.
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Goes to the next row; false when there is none. The caller resets at the end.</summary>
    public bool Step()
    {
        int result = raw.sqlite3_step(_statement);
        if (result is raw.SQLITE_ROW)
            return true;
        if (result != raw.SQLITE_DONE)
            Check(result);
        return false;
    }

    /// <summary>Ends the reading of rows, and with it the snapshot that they come from.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    /// <summary>A column of the row, counted from 0.</summary>
    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <inheritdoc cref="GetInt64(int)" />
    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>A column of the row, valid until the next step.</summary>
    public ReadOnlySpan<byte> GetBytes(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>Whether a column is UTF-8, as all text is that the store writes.</summary>
    public bool IsText(int column) => Utf8.IsValid(GetBytes(column));

    /// <inheritdoc cref="GetInt64(int)" />
    public string GetText(int column) => Encoding.UTF8.GetString(GetBytes(column));

    /// <inheritdoc cref="GetInt64(int)" />
    public string? FindText(int column) => IsNull(column) ? null : GetText(column);

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);

    public void Dispose() => _statement.Dispose();
}
