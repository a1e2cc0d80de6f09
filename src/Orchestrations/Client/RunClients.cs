using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Makes <see cref="RunClient"/>s: the platform hands out its own client anew to each function.</summary>
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

    /// <summary>Makes a client of runs.</summary>
    /// <param name="client">The platform's client, as a function is given it.</param>
    /// <returns>The client.</returns>
    public RunClient With(DurableTaskClient client) => new(this, client);
}
