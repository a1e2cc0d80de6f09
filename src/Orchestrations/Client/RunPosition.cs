using System.Globalization;

namespace Preempt;

/// <summary>A place in the order of runs by when the engine took them in, and by id where that is the same.</summary>
/// <param name="CreatedAt">When.</param>
/// <param name="InstanceId">The instance that a list found there.</param>
internal readonly record struct RunPosition(DateTimeOffset CreatedAt, string InstanceId) : IComparable<RunPosition>
{
    public int CompareTo(RunPosition other)
    {
        int byTime = CreatedAt.CompareTo(other.CreatedAt);
        return byTime != 0 ? byTime : string.CompareOrdinal(InstanceId, other.InstanceId);
    }

    /// <summary>The place as a cursor, which belongs to one filter.</summary>
    public string ToCursor(RunFilter filter) =>
        Cursor.Wrap(string.Create(CultureInfo.InvariantCulture, $"{filter.Fingerprint()} {CreatedAt.UtcTicks} {InstanceId}"))!;

    /// <exception cref="InvalidRunException">The cursor is not of a list of runs, or of one with another filter.</exception>
    public static RunPosition? FromCursor(string? cursor, RunFilter filter)
    {
        if (Cursor.Unwrap(cursor) is not { } text)
            return null;
        if (text.Split(' ', 3) is not [var fingerprint, var time, var id]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            || ticks < DateTimeOffset.UnixEpoch.Ticks || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            throw new InvalidRunException($"cursor {Excerpt.Of(cursor!)}: not a cursor of an earlier page.");
        }

        return fingerprint == filter.Fingerprint()
            ? new RunPosition(new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : throw new InvalidRunException($"cursor {Excerpt.Of(cursor!)}: it belongs to a list with another filter.");
    }
}
