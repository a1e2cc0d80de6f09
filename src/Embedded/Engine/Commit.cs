namespace Preempt.Embedded.Engine;

/// <summary>
/// What one turn of an orchestration or entity changes, or one call of a client: all of it becomes durable together, and only
/// then does anyone see any of it.
/// </summary>
internal sealed class Commit
{
    /// <summary>The instance's new header.</summary>
    public InstanceHeader? Header { get; set; }

    /// <summary>The instance begins a new history: it was started, restarted or continued as new.</summary>
    public bool ResetHistory { get; set; }

    public List<HistoryEvent> History { get; } = [];

    public EntityRecord? Entity { get; set; }

    /// <summary>Stored messages that this turn took from the inbox.</summary>
    public List<long> Consumed { get; } = [];

    public List<InstanceHeader> Started { get; } = [];

    /// <summary>
    /// Statuses of an ended instance that is not to be replaced. A commit that says so starts one instance; it is refused when the id
    /// belongs to such an ended one.
    /// </summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    public List<Delivery> Deliveries { get; } = [];

    public List<EntityRequest> Requests { get; } = [];

    /// <summary>Whether others hear of it.</summary>
    public bool IsHeard => Started.Count + Deliveries.Count + Requests.Count > 0;

    /// <summary>
    /// What others hear of it, without what it changes itself: of a turn whose history is lost. Nobody waits for the answers to its calls of
    /// entities, because the turn that happens instead makes calls of its own.
    /// </summary>
    public Commit ToMessages()
    {
        Commit messages = new();
        messages.Started.AddRange(Started);
        messages.Deliveries.AddRange(Deliveries);
        messages.Requests.AddRange(Requests.Select(static request => request with { Caller = null }));
        return messages;
    }

    /// <summary>Ids of ended instances that are forgotten, with their history.</summary>
    public List<string> Purged { get; } = [];
}
