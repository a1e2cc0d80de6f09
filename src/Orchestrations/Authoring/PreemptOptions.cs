namespace Preempt;

/// <summary>Settings of all workflows of an app: the configuration section <c>Preempt</c>.</summary>
public sealed class PreemptOptions
{
    /// <summary>The longest that a workflow's code may run, unless the workflow says otherwise. By default there is no limit.</summary>
    public Duration Timeout { get; set; } = Duration.Never;

    /// <summary>The longest that a run may wait for its gates, unless the workflow says otherwise. By default there is no limit.</summary>
    public Duration ScheduleTimeout { get; set; } = Duration.Never;

    /// <summary>How long a run may take to stop, unless the workflow or the stop request says otherwise. 10 seconds by default.</summary>
    public Duration Grace { get; set; } = Duration.FromSeconds(10);

    /// <summary>
    /// How long shielded steps (clean-up) may go on after their host is told to shut down, before their tokens fire; those of other steps fire at once. 7 seconds
    /// by default, since a Functions host ends its worker 10 seconds after SIGTERM; 10 minutes at most. A step that is cut off runs again elsewhere.
    /// </summary>
    public Duration ShieldedShutdown { get; set; } = Duration.FromSeconds(7);

    internal static readonly TimeSpan LongestShieldedShutdown = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long the app remembers which run an idempotency key has started. In that time a retry with the key gets that run, or learns that it was deleted.
    /// Counted from the start. 7 days by default, at least 1 hour; "never" keeps keys for good.
    /// </summary>
    public Duration IdempotencyRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long runs that have ended are kept, counted from their start. Older ones are deleted with their histories, about once an hour while
    /// runs are started. "never", the default, keeps them. At least 1 hour.
    /// </summary>
    public Duration RunRetention { get; set; } = Duration.Never;

    internal static readonly TimeSpan ShortestRetention = TimeSpan.FromHours(1);

    /// <summary>Whether lab workflows can be started. By default they can.</summary>
    public bool Lab { get; set; } = true;

    /// <summary>Whether lifecycle events are published: when runs start, are asked to stop and end, and when limits are changed. By default they are not.</summary>
    public bool Events { get; set; }

    /// <summary>
    /// Whether traces have concurrency keys. By default they have only the hashes that are in run ids: keys are often names or addresses, and people who read traces
    /// often may not read the runs.
    /// </summary>
    public bool TraceKeys { get; set; }

    /// <summary>Whether traces have the messages of the exceptions that runs and steps end with. By default they do; otherwise they have only the types.</summary>
    public bool TraceErrors { get; set; } = true;
}
