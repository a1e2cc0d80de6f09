namespace Preempt.Testing;

/// <summary>
/// A clock that stands still until it is told to jump. It knows its timers that code may await, so that the test host can tell whether an
/// activity works or only waits for time to pass.
/// </summary>
internal sealed class SkippingClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedSet<ClockTimer> _armed = [];
    private readonly HashSet<ClockTimer> _awaitable = [];
    private DateTimeOffset _now = start;
    private long _lastNumber;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>When the next timer is due; null when none is set.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_lock)
                return _armed.Min?.DueAt;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ClockTimer timer = new(this, callback, state, RunningWork.Current);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Which tasks wait on this clock now.</summary>
    public AwaitGraph FindWaits()
    {
        ClockTimer[] timers;
        lock (_lock)
            timers = [.. _awaitable];
        AwaitGraph graph = new();
        foreach (ClockTimer timer in timers)
        {
            if (TaskInternals.FindAwaited(timer.State) is { } awaited)
                graph.Add(awaited, timer.Owner);
        }

        return graph;
    }

    /// <summary>Moves to that time, or stays if it has passed, and fires the timers that are due, in order.</summary>
    public void JumpTo(DateTimeOffset time)
    {
        lock (_lock)
            _now = time > _now ? time : _now;
        while (TakeDue() is { } timer)
            timer.Fire();
    }

    /// <summary>Forgets all timers: the process that set them has died.</summary>
    public void DropTimers()
    {
        lock (_lock)
        {
            _armed.Clear();
            _awaitable.Clear();
        }
    }

    private ClockTimer? TakeDue()
    {
        lock (_lock)
        {
            if (_armed.Min is not { } first || first.DueAt > _now)
                return null;
            Remove(first);
            return first;
        }
    }

    private void Remove(ClockTimer timer)
    {
        _armed.Remove(timer);
        _awaitable.Remove(timer);
    }

    private sealed class ClockTimer(SkippingClock clock, TimerCallback callback, object? state, RunningWork? owner)
        : ITimer, IComparable<ClockTimer>
    {
        private long _number;
        private TimeSpan _period;

        public DateTimeOffset DueAt { get; private set; }

        public object? State => state;

        /// <summary>The work that made it.</summary>
        public RunningWork? Owner => owner;

        public int CompareTo(ClockTimer? other)
        {
            ArgumentNullException.ThrowIfNull(other);
            int byTime = DueAt.CompareTo(other.DueAt);
            return byTime != 0 ? byTime : _number.CompareTo(other._number);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    Arm(dueTime);
            }

            return true;
        }

        private void Arm(TimeSpan dueTime)
        {
            DueAt = clock._now + dueTime;
            _number = ++clock._lastNumber;
            clock._armed.Add(this);
            if (TaskInternals.CanBeAwaited(state))
                clock._awaitable.Add(this);
        }

        public void Fire()
        {
            lock (clock._lock)
            {
                if (_period != Timeout.InfiniteTimeSpan && _period > TimeSpan.Zero)
                    Arm(_period);
            }

            callback(state);
        }

        public void Dispose()
        {
            lock (clock._lock)
                clock.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
