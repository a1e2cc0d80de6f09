namespace Preempt.Embedded.Store.Sqlite;

/// <summary>Reads a time: ticks, UTC.</summary>
internal static class StoredTime
{
    /// <summary>The time in a column; null where the number is none.</summary>
    public static DateTimeOffset? Find(Statement row, int column)
    {
        long ticks = row.GetInt64(column);
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }
}
