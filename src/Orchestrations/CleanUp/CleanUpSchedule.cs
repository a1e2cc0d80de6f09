using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// Has leftovers removed about once an hour while runs are started; an app that starts none leaves none behind. Each process asks at most
/// once an hour, and does nothing where another has asked.
/// </summary>
internal sealed class CleanUpSchedule(TimeProvider time, ILogger<CleanUpSchedule> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private DateTimeOffset _nextAt;

    /// <summary>Called at each start of a run. A clean-up that cannot be started does not keep the run from starting.</summary>
    public async Task EnsureAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!IsDue(now))
            return;
        try
        {
            OrchestrationMetadata? latest = await client.GetInstanceAsync(KeptIds.CleanUp, cancellationToken);
            if (latest is null || (latest.IsCompleted && latest.CreatedAt <= now - Interval))
                await client.TryScheduleAnewAsync(PreemptFunctions.CleanUp, new CleanUpPage(default), new(KeptIds.CleanUp), cancellationToken);
        }
#pragma warning disable CA1031 // Whatever is wrong, the run is to start; if it is the store, that says so.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.LogInformation(exception, "The hourly clean-up was not started by this process");
        }
    }

    private bool IsDue(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (now < _nextAt)
                return false;
            _nextAt = now + Interval;
            return true;
        }
    }
}
