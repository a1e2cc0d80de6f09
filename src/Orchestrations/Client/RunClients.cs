using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Creates <see cref="RunClient"/>s. Durable Functions gives each function call a client of its own, which a <see cref="RunClient"/> needs.</summary>
public sealed class RunClients
{
    internal RunClients(
        WorkflowRegistry registry,
        ProgressReader progress,
        ICancellationFeed feed,
        MonotonicClock clock,
        AppModeReader mode,
        CleanUpSchedule cleanUp,
        PreemptOptions options,
        AppDescription description,
        TimeProvider time)
    {
        Registry = registry;
        Progress = progress;
        Feed = feed;
        Clock = clock;
        Mode = mode;
        CleanUp = cleanUp;
        Options = options;
        Description = description;
        Time = time;
    }

    internal WorkflowRegistry Registry { get; }

    internal ProgressReader Progress { get; }

    internal ICancellationFeed Feed { get; }

    internal MonotonicClock Clock { get; }

    internal AppModeReader Mode { get; }

    internal CleanUpSchedule CleanUp { get; }

    internal PreemptOptions Options { get; }

    internal AppDescription Description { get; }

    internal TimeProvider Time { get; }

    /// <summary>Creates a client of runs.</summary>
    /// <param name="client">The durable client that the function gets.</param>
    /// <returns>The client.</returns>
    public RunClient With(DurableTaskClient client) => new(this, client);
}
