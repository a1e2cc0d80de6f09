namespace Preempt.Embedded.Engine;

/// <summary>
/// The messages that wait for an orchestration. It asks for one turn at a time, from when it is opened until it is closed. Safe
/// for use from many threads.
/// </summary>
/// <param name="schedule">Has a turn run, soon.</param>
internal sealed class Inbox(Action schedule)
{
    private readonly Lock _lock = new();
    private List<Delivery> _waiting = [];
    private bool _isOpen;
    private bool _isBusy;
    private bool _isAsked;
    private bool _isClosed;

    /// <summary>Lets turns begin.</summary>
    /// <param name="ask">Whether a turn is wanted although no message may wait.</param>
    public void Open(bool ask)
    {
        lock (_lock)
        {
            _isOpen = true;
            _isAsked |= ask;
            if (_isAsked || _waiting.Count > 0)
                Wake();
        }
    }

    /// <summary>The messages that wait now.</summary>
    public List<Delivery> Waiting
    {
        get
        {
            lock (_lock)
                return [.. _waiting];
        }
    }

    /// <summary>Adds a message; false when nobody will read it any more.</summary>
    public bool TryAdd(Delivery delivery)
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;
            _waiting.Add(delivery);
            Wake();
            return true;
        }
    }

    /// <summary>Asks for a turn although there is no message.</summary>
    public void Ask()
    {
        lock (_lock)
        {
            _isAsked = true;
            Wake();
        }
    }

    private void Wake()
    {
        if (!_isOpen || _isBusy || _isClosed)
            return;
        _isBusy = true;
        schedule();
    }

    /// <summary>Takes all messages for a turn.</summary>
    /// <param name="isAsked">Whether the turn was asked for.</param>
    public List<Delivery> Take(out bool isAsked)
    {
        lock (_lock)
        {
            List<Delivery> taken = _waiting;
            _waiting = [];
            isAsked = _isAsked;
            _isAsked = false;
            return taken;
        }
    }

    /// <summary>Puts messages back that the turn could not use, before those that have come since.</summary>
    public void PutBack(List<Delivery> held)
    {
        lock (_lock)
            _waiting.InsertRange(0, held);
    }

    /// <summary>The turn is over. Another follows if one was asked for, or if a message waits that it could use.</summary>
    public void Rest(Predicate<Delivery> canUse)
    {
        lock (_lock)
        {
            _isBusy = false;
            if (_isAsked || _waiting.Exists(canUse))
                Wake();
        }
    }

    /// <summary>Takes no more messages, and returns those that nobody has taken.</summary>
    public List<Delivery> Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            List<Delivery> left = _waiting;
            _waiting = [];
            return left;
        }
    }
}
