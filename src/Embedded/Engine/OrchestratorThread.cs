namespace Preempt.Embedded.Engine;

/// <summary>
/// The one thread that an orchestrator's code sees. Continuations run here, one at a time, and only during a turn; one that
/// comes from elsewhere means that the code awaited something that is not durable.
/// </summary>
/// <param name="onLeft">Called, from any thread, when the code was found elsewhere.</param>
internal sealed class OrchestratorThread(Action onLeft) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private volatile int _threadId;
    private volatile bool _wasLeft;

    /// <summary>Whether the code was found on another thread, or while no turn of the orchestrator ran.</summary>
    public bool WasLeft => _wasLeft;

    /// <summary>Whether the caller is the orchestrator's code, in a turn.</summary>
    public bool IsCurrent => Environment.CurrentManagedThreadId == _threadId;

    /// <summary>Runs the action and all continuations that it makes ready.</summary>
    public void Run<T>(Action<T> action, T argument)
    {
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        _threadId = Environment.CurrentManagedThreadId;
        try
        {
            action(argument);
            while (_ready.TryDequeue(out (SendOrPostCallback Callback, object? State) next))
                next.Callback(next.State);
        }
        finally
        {
            _threadId = 0;
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>Notes that the code was found elsewhere.</summary>
    public void Leave()
    {
        _wasLeft = true;
        onLeft();
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
            _ready.Enqueue((d, state));
        else
            Leave();
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
            d(state);
        else
            Leave();
    }

    public override SynchronizationContext CreateCopy() => this;
}
