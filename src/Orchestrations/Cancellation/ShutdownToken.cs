namespace Preempt;

/// <summary>What tells shielded clean-up that its host shuts down: some time after the other steps, so that it can end before the process does.</summary>
internal sealed class ShutdownToken : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _lock = new();
    private StepDeadline? _later;
    private bool _isDisposed;

    /// <param name="delay">How much later this token fires.</param>
    /// <param name="time">The clock that the delay goes by.</param>
    /// <param name="hostStopping">Fires when the host shuts down.</param>
    public ShutdownToken(Duration delay, TimeProvider time, CancellationToken hostStopping)
    {
        Token = _source.Token;
        _registration = hostStopping.Register(() => Begin(delay.Value, time));
    }

    public CancellationToken Token { get; }

    private void Begin(TimeSpan delay, TimeProvider time)
    {
        lock (_lock)
        {
            if (!_isDisposed)
                _later = new StepDeadline(delay, time, _source.Cancel);
        }
    }

    public void Dispose()
    {
        // Waits for a callback that runs.
        _registration.Dispose();
        lock (_lock)
        {
            _isDisposed = true;
            _later?.Dispose();
        }
    }
}
