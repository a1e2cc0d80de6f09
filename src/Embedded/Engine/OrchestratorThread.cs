namespace Preempt.Embedded.Engine;

/// <summary>
/// The one thread that an orchestrator's code sees. Continuations run here, one at a time, and only during a turn; one that
/// comes from elsewhere means that the code awaited something that is not durable.
/// </summary>
/// <param name="onLeft">Called, from any thread, when the code was found elsewhere.</param>
internal sealed class OrchestratorThread(Action onLeft) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private int _threadId;

    /// <summary>Whether a continuation came while no turn of the orchestrator ran, or from another thread.</summary>
    public bool WasLeft { get; private set; }

    /// <summary>Runs the action and all continuations that it makes ready.</summary>
    public void Run(Action action)
    {
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        _threadId = Environment.CurrentManagedThreadId;
        try
        {
            action();
            while (_ready.TryDequeue(out (SendOrPostCallback Callback, object? State) next))
                next.Callback(next.State);
        }
        finally
        {
            _threadId = 0;
            SetSynchronizationContext(outer);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId == _threadId)
        {
            _ready.Enqueue((d, state));
            return;
        }

        WasLeft = true;
        onLeft();
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
