namespace Preempt.Embedded.Engine;

/// <summary>Things to do at a time, in due order, on one timer of the clock.</summary>
internal sealed class TimerQueue : IDisposable
{
    /// <summary>The longest that a timer of the clock can be set for; a later due time takes several.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly SortedSet<Entry> _entries = [];
    private long _lastNumber;
    private DateTimeOffset _setFor = DateTimeOffset.MaxValue;

    public TimerQueue(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => RunDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Things that are still to be done.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Something to do; it can be cancelled until it is done.</summary>
    public sealed class Entry(TimerQueue queue, DateTimeOffset dueAt, long number, Action action) : IComparable<Entry>
    {
        public DateTimeOffset DueAt => dueAt;

        public void Cancel() => queue.Remove(this);

        public void Run() => action();

        public int CompareTo(Entry? other)
        {
            ArgumentNullException.ThrowIfNull(other);
            int byTime = dueAt.CompareTo(other.DueAt);
            return byTime != 0 ? byTime : number.CompareTo(other.Number);
        }

        private long Number => number;
    }

    public Entry Add(DateTimeOffset dueAt, Action action)
    {
        lock (_lock)
        {
            Entry entry = new(this, dueAt, ++_lastNumber, action);
            _entries.Add(entry);
            SetTimer();
            return entry;
        }
    }

    private void Remove(Entry entry)
    {
        lock (_lock)
            _entries.Remove(entry);
    }

    private void RunDue()
    {
        while (TakeDue() is { } entry)
            entry.Run();
    }

    private Entry? TakeDue()
    {
        lock (_lock)
        {
            if (_entries.Min is { } first && first.DueAt <= _time.GetUtcNow())
            {
                _entries.Remove(first);
                return first;
            }

            _setFor = DateTimeOffset.MaxValue;
            SetTimer();
            return null;
        }
    }

    private void SetTimer()
    {
        if (_entries.Min is not { } first || first.DueAt >= _setFor)
            return;
        _setFor = first.DueAt;
        TimeSpan wait = first.DueAt - _time.GetUtcNow();
        // A timer of the clock counts whole milliseconds: rounded up, it does not fire before its time.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(wait.TotalMilliseconds, 0, LongestWait.TotalMilliseconds)));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
