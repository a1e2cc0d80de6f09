namespace Preempt;

/// <summary>
/// The newest of the runs that it is shown, in whatever order: a page of so many, and of so much data, because a run can have a
/// megabyte of input.
/// </summary>
internal sealed class NewestRuns(int limit, RunPosition? before)
{
    /// <summary>The most characters of inputs and outputs that a page holds, unless a single run has more.</summary>
    private const long MaxSize = 4 * 1024 * 1024;

    private readonly PriorityQueue<(Run Run, long Size), RunPosition> _oldestFirst = new();
    private RunPosition? _newestLeftOut;
    private long _size;

    /// <summary>Whether older runs have no place any more.</summary>
    public bool IsFull => _oldestFirst.Count == limit || _newestLeftOut is not null;

    /// <summary>Whether a run at this place would be part of the page as it is now.</summary>
    public bool HasRoomFor(RunPosition position) =>
        (before is null || position.CompareTo(before.Value) < 0)
        && (_newestLeftOut is null || position.CompareTo(_newestLeftOut.Value) > 0);

    public void Add(RunPosition position, Run run, long size)
    {
        if (!HasRoomFor(position))
            return;
        _oldestFirst.Enqueue((run, size), position);
        _size += size;
        while (_oldestFirst.Count > limit || (_size > MaxSize && _oldestFirst.Count > 1))
        {
            _oldestFirst.TryDequeue(out (Run Run, long Size) oldest, out RunPosition leftOut);
            _newestLeftOut = leftOut;
            _size -= oldest.Size;
        }
    }

    /// <summary>The page, newest first, and where it ends; null when there is nothing older.</summary>
    public (IReadOnlyList<Run> Runs, RunPosition? End) ToPage()
    {
        RunPosition? end = IsFull && _oldestFirst.TryPeek(out _, out RunPosition oldest) ? oldest : null;
        Run[] runs = new Run[_oldestFirst.Count];
        for (int i = runs.Length - 1; i >= 0; i--)
            runs[i] = _oldestFirst.Dequeue().Run;
        return (runs, end);
    }
}
