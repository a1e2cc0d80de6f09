using Preempt.Embedded.Store;

namespace Preempt.Embedded.Engine;

/// <summary>How the engine runs.</summary>
internal sealed record EngineOptions
{
    public IStore Store { get; init; } = new MemoryStore();

    public IWorkScheduler Scheduler { get; init; } = ThreadPoolScheduler.Instance;

    /// <summary>Makes an id that no other call has made.</summary>
    public Func<string> NewId { get; init; } = static () => Guid.NewGuid().ToString("N");

    /// <summary>Activities that run at one time; more wait in order.</summary>
    public int MaxConcurrentActivities { get; init; } = 1000;

    /// <summary>
    /// Whether each turn replays the whole history, as the real engine does without extended sessions. Slower; finds code that
    /// is not deterministic.
    /// </summary>
    public bool ReplayEveryTurn { get; init; }
}

/// <summary>Where units of work go to be run.</summary>
internal interface IWorkScheduler
{
    void Schedule(IThreadPoolWorkItem item);
}

/// <summary>Runs work on the thread pool.</summary>
internal sealed class ThreadPoolScheduler : IWorkScheduler
{
    public static readonly ThreadPoolScheduler Instance = new();

    public void Schedule(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
}
