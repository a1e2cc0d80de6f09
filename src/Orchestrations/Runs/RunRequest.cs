using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>
/// The input of a run's orchestration: all that its supervisor needs, fixed when the run was accepted, so that neither a new
/// deployment nor a change of settings alters a run in flight.
/// </summary>
internal sealed record RunRequest
{
    /// <summary>The workflow's name.</summary>
    public required string Workflow { get; init; }

    /// <summary>The workflow's version.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// The version of the supervisor's protocol that the run keeps to as long as it lives; see <see cref="RunProtocol"/>. A request that does not
    /// say is of the first.
    /// </summary>
    public int Protocol { get; init; } = RunProtocol.First;

    /// <summary>When the run was accepted, UTC; strictly growing within one process.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>
    /// The id with which the run was started. An instance with another id is a restart with the means of Durable Functions. Null if it is not
    /// known.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RunId { get; init; }

    /// <summary>When the start was scheduled, UTC; null if it is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>The life that a restarted run had before it knew that it was restarted. Messages to that life are for this run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FormerLife { get; init; }

    /// <summary>What the workflow's code is given, as JSON.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The gates to enter, in this order.</summary>
    public ImmutableArray<RunGate> Gates { get; init; } = [];

    /// <summary>The gates around steps, by the step's class, each to enter in this order.</summary>
    public ImmutableDictionary<string, ImmutableArray<RunGate>> StepGates { get; init; } =
        ImmutableDictionary<string, ImmutableArray<RunGate>>.Empty;

    /// <summary>The longest that the workflow's code may run.</summary>
    public Duration Timeout { get; init; } = Duration.Never;

    /// <summary>When the run is to end; null for when its code does.</summary>
    public EndCondition? EndWhen { get; init; }

    /// <summary>The time zones of <see cref="EndWhen"/> as they were known when the run was accepted; null where it names none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FixedZones? Zones { get; init; }

    /// <summary>The longest that the run may wait for its gates, from when it was accepted.</summary>
    public Duration ScheduleTimeout { get; init; } = Duration.Never;

    /// <summary>Among runs that wait at a gate, the higher, the sooner.</summary>
    public int Priority { get; init; }

    /// <summary>How long the run may take to stop when a stop request does not say.</summary>
    public Duration Grace { get; init; }

    /// <summary>The metadata that the caller attached to the run. Names do not distinguish case.</summary>
    public ImmutableDictionary<string, string> Metadata
    {
        get;
        init => field = RunMetadata.Read(value);
    } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The call that started the run, unlike any other call: of several that start one id at once, one is kept.</summary>
    public string? StartId { get; init; }

    /// <summary>The claim by which a caller's idempotency key keeps this run; null when there was no key.</summary>
    public string? ClaimId { get; init; }

    /// <summary>What stands for all that the start with the idempotency key said; null when there was no key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fingerprint { get; init; }

    /// <summary>
    /// Whether this is the run of a supervised orchestrator: the orchestration has an input of its own, and this is kept beside it, in its history
    /// and, what readers need, in its record; see <see cref="SupervisedRun"/>.
    /// </summary>
    internal bool IsSupervised { get; init; }

    /// <summary>Which of the runs that had this id, see <see cref="HolderId.LifeOf"/>.</summary>
    internal string Life => HolderId.LifeOf(QueuedAt);

    /// <summary>The request of a run whose start is scheduled now.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="now">The time, UTC.</param>
    internal RunRequest Scheduled(string id, DateTimeOffset now) => this with { RunId = id, ScheduledAt = now };

    /// <summary>Whether a message to that life is for this run.</summary>
    internal bool IsMeant(string? life) => life is null || life == Life || life == FormerLife;

    /// <summary>What gates know the run by, or a step of its.</summary>
    internal string HolderOf(string runId, int? step = null) => new HolderId(runId, Life, step).ToString();

    /// <summary>The events that can end the run.</summary>
    internal IEnumerable<string> EndingEvents => EndWhen?.Events.Distinct(StringComparer.OrdinalIgnoreCase) ?? [];

    /// <summary>Whether the run was accepted while the app drained, and waits until it no longer does.</summary>
    public bool Held { get; init; }

    /// <summary>Whether the run that started this one waits for it.</summary>
    public bool IsChild { get; init; }

    /// <summary>The run that started this one; null when a caller did.</summary>
    public string? ParentId { get; init; }

    /// <summary>
    /// The runs with gates that wait for this one, as gates know them, the nearest last: the run that called it, and that one's callers.
    /// Of more than <see cref="MaxCallers"/> the nearest.
    /// </summary>
    public ImmutableArray<string> Callers { get; init; } = [];

    /// <summary>How many callers a run knows at most.</summary>
    internal const int MaxCallers = 100;

    /// <summary>The W3C trace context that the run was started in; null outside of one.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Whether what happens to the run is published.</summary>
    public bool PublishesLifecycle { get; init; }
}
