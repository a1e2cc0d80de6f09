namespace Preempt;

/// <summary>
/// The messages that a run has taken, by their ids: one that comes again, from a client that tries again or an engine that delivers twice, is
/// not taken again. In memory only: a replay takes the same messages in the same order.
/// </summary>
internal sealed class HeardMessages
{
    /// <summary>Messages that are remembered, the latest ones.</summary>
    public const int MaxRemembered = 10_000;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Notes a message.</summary>
    /// <returns>Whether it has not been heard before; true also of one without an id.</returns>
    public bool IsNew(RunMessage message)
    {
        if (message.Id is not { } id)
            return true;
        if (!_known.Add(id))
            return false;
        _order.Enqueue(id);
        if (_order.Count > MaxRemembered)
            _known.Remove(_order.Dequeue());
        return true;
    }
}
