namespace Preempt.Embedded.Engine;

/// <summary>
/// Who waits for external events, and events that nobody has waited for yet. The newest waiter of a name gets the event, and
/// one that was cancelled swallows it, as on the real engine. Names do not distinguish case.
/// </summary>
internal sealed class EventWaiters(OrchestratorThread thread)
{
    private readonly Dictionary<string, Stack<(Type Type, IPending Pending)>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<string?>> _buffered = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an event could make the code go on.</summary>
    public bool AnyWaits => _waiters.Values.Any(waiters => waiters.Any(waiter => !waiter.Pending.IsCompleted));

    /// <summary>Events that came and that nobody has taken, oldest first for each name.</summary>
    public IEnumerable<EventRaised> Buffered =>
        _buffered.SelectMany(entry => entry.Value.Select(payload => new EventRaised(entry.Key, payload)));

    public Task<T> WaitAsync<T>(string name, CancellationToken cancellationToken)
    {
        Pending<T> pending = new();
        if (_buffered.TryGetValue(name, out Queue<string?>? queue))
        {
            pending.Complete(queue.Dequeue());
            if (queue.Count == 0)
                _buffered.Remove(name);
            return pending.Task;
        }

        if (!_waiters.TryGetValue(name, out Stack<(Type Type, IPending Pending)>? waiters))
            _waiters.Add(name, waiters = new());
        else if (waiters.Peek().Type != typeof(T))
            throw new ArgumentException($"Event '{name}' is already awaited as {waiters.Peek().Type.Name}, not as {typeof(T).Name}.", nameof(name));

        waiters.Push((typeof(T), pending));
        pending.CancelOn(thread, static () => { }, cancellationToken);
        return pending.Task;
    }

    public void Raise(EventRaised raised)
    {
        if (!_waiters.TryGetValue(raised.Name, out Stack<(Type Type, IPending Pending)>? waiters))
        {
            Keep(raised);
            return;
        }

        (_, IPending newest) = waiters.Pop();
        if (waiters.Count == 0)
            _waiters.Remove(raised.Name);
        newest.Complete(raised.Payload);
    }

    /// <summary>Keeps an event for who asks for it next.</summary>
    public void Keep(EventRaised raised)
    {
        if (!_buffered.TryGetValue(raised.Name, out Queue<string?>? queue))
            _buffered.Add(raised.Name, queue = new());
        queue.Enqueue(raised.Payload);
    }
}
