using System.Collections.Immutable;
using System.Text.Json;

namespace Preempt.Functions.Http;

/// <summary>What a start says, over HTTP and in a queue.</summary>
internal record StartBody
{
    /// <summary>What the run is given; what is accepted depends on the workflow.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The concurrency key for the workflow's first rule, instead of the one it would compute.</summary>
    public string? Key { get; init; }

    /// <summary>What to attach to the run: 32 entries at most.</summary>
    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>A shorter execution timeout than the workflow's.</summary>
    public Duration? Timeout { get; init; }

    /// <summary>A shorter schedule timeout than the workflow's.</summary>
    public Duration? ScheduleTimeout { get; init; }

    /// <summary>Among runs that wait at a gate, the higher, the sooner: -1000 to 1000.</summary>
    public int Priority { get; init; }

    /// <summary>The run's id; made by default. 1 to 100 characters of letters, digits and <c>-_.:~</c>.</summary>
    public string? RunId { get; init; }

    public StartOptions ToOptions() => new()
    {
        Key = Key,
        Metadata = Metadata,
        Timeout = Timeout,
        ScheduleTimeout = ScheduleTimeout,
        Priority = Priority,
        RunId = RunId,
    };
}

/// <summary>What a cancel says, over HTTP and in a queue.</summary>
internal record CancelBody
{
    /// <summary>Why, in words; kept up to 200 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>How long the run may take to stop, 24 hours at most; the workflow's own grace by default.</summary>
    public Duration? Grace { get; init; }

    /// <summary>Whether a run whose code has begun is left alone.</summary>
    public bool QueuedOnly { get; init; }

    /// <summary>Whether the run is deleted once it has ended.</summary>
    public bool Delete { get; init; }

    public CancelOptions ToOptions() => new(Reason, Grace, QueuedOnly: QueuedOnly, Delete: Delete);
}

/// <summary>What an extension says.</summary>
internal sealed record ExtendBody
{
    /// <summary>How much more time; "never" takes the timeout away.</summary>
    public required Duration By { get; init; }
}

/// <summary>What a replay says: nothing yet. An empty object is accepted, and anything in it is not.</summary>
internal sealed record ReplayBody;

/// <summary>What a bulk operation says: a list of runs, or a filter.</summary>
internal sealed record BulkBody
{
    /// <summary>The runs, 1 to 10,000.</summary>
    public IReadOnlyList<string>? RunIds { get; init; }

    /// <summary>Which runs.</summary>
    public FilterBody? Filter { get; init; }

    /// <summary>Why, in words; kept up to 200 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the runs are only counted.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Which runs; what is not said is no condition, and something must be said.</summary>
internal sealed record FilterBody
{
    /// <summary>The workflow's name.</summary>
    public string? Workflow { get; init; }

    /// <summary>The concurrency key of the workflow's first rule.</summary>
    public string? Key { get; init; }

    /// <summary>The statuses, one of which the run has.</summary>
    public IReadOnlyList<RunStatus>? Status { get; init; }

    /// <summary>Accepted at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Accepted at or before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Entries that the run's metadata has, 8 at most.</summary>
    public Dictionary<string, string>? Metadata { get; init; }

    public RunFilter ToFilter() => new()
    {
        Workflow = Workflow,
        Key = Key,
        Status = Status ?? [],
        Since = Since,
        Until = Until,
        Metadata = Metadata ?? (IReadOnlyDictionary<string, string>)ImmutableDictionary<string, string>.Empty,
    };
}
