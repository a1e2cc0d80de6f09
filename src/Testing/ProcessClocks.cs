namespace Preempt.Testing;

/// <summary>
/// The clocks of the processes that run the app's functions: each is off by a time of its own, which changes now and then. Timers and
/// timestamps are the host's.
/// </summary>
/// <param name="clock">The host's clock.</param>
/// <param name="most">How far a clock may be off, either way.</param>
/// <param name="seed">Decides which process does what, and how far its clock is off.</param>
internal sealed class ProcessClocks(TimeProvider clock, TimeSpan most, int seed) : TimeProvider
{
    private const int Processes = 3;

    /// <summary>How often a process that begins something finds its clock set.</summary>
    private const double SetRate = 0.02;

    private readonly AsyncLocal<int> _process = new();
    private readonly TimeSpan[] _offsets = new TimeSpan[Processes];
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return clock.GetUtcNow() + _offsets[_process.Value];
    }

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);

    /// <summary>What begins now, and all that follows from it, is done by some process.</summary>
    public void Enter()
    {
        lock (_lock)
        {
            int process = _random.Next(Processes);
            if (_random.NextDouble() < SetRate)
                _offsets[process] = TimeSpan.FromTicks(_random.NextInt64(-most.Ticks, most.Ticks + 1));
            _process.Value = process;
        }
    }
}
