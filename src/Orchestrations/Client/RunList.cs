using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>
/// Lists runs, the newest first. The engine lists by id, and within a workflow its ids order by key before they order by time. So
/// it is asked for windows of time, the latest first and each longer than the one before, and only the newest of a window are kept:
/// a list of recent runs costs what is recent, and no list costs more than five readings of its range.
/// </summary>
internal sealed class RunList(RunRange range, RunFilter filter, DateTimeOffset now)
{
    /// <summary>How far back each window begins; the last has no beginning.</summary>
    private static readonly TimeSpan[] Windows =
        [TimeSpan.FromMinutes(2), TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(30)];

    /// <summary>The engine's clock, which windows go by, and the one by which runs were accepted may differ by so much.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <exception cref="InvalidRunException">The cursor is not of this list.</exception>
    public async Task<(IReadOnlyList<Run> Items, string? Cursor)> ReadAsync(int limit, string? cursor, CancellationToken cancellationToken)
    {
        RunPosition? before = RunPosition.FromCursor(cursor, filter);
        DateTimeOffset? oldest = filter.Since - Slack;
        DateTimeOffset? to = before?.CreatedAt ?? (filter.Until + Slack < now ? filter.Until + Slack : null);
        DateTimeOffset start = to ?? now;
        NewestRuns newest = new(limit, before);
        // Those that have not ended are few among those that are kept: one reading finds them all.
        IEnumerable<TimeSpan?> windows = range.IsOfAlive ? [null] : Windows.Select(window => (TimeSpan?)window).Append(null);
        foreach (TimeSpan? window in windows)
        {
            DateTimeOffset? from = Later(start - window, oldest);
            await ReadWindowAsync(from, to, newest, cancellationToken);
            if (newest.IsFull || from == oldest)
                break;
            to = from - TimeSpan.FromTicks(1);
        }

        (IReadOnlyList<Run> runs, RunPosition? end) = newest.ToPage();
        return (runs, end?.ToCursor(filter));
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private async Task ReadWindowAsync(DateTimeOffset? from, DateTimeOffset? to, NewestRuns newest, CancellationToken cancellationToken)
    {
        for (int part = 0; part < range.Count; part++)
        {
            await foreach (Page<OrchestrationMetadata> page in range.ReadAsync(part, from, to).WithCancellation(cancellationToken))
            {
                foreach (OrchestrationMetadata instance in page.Values)
                {
                    RunPosition position = new(instance.CreatedAt, instance.InstanceId);
                    if (newest.HasRoomFor(position) && await range.FindAsync(part, instance, cancellationToken) is { } run)
                        newest.Add(position, run, SizeOf(instance));
                }
            }
        }
    }

    private static long SizeOf(OrchestrationMetadata instance) =>
        (instance.SerializedInput?.Length ?? 0L) + (instance.SerializedOutput?.Length ?? 0L);
}
