using Microsoft.DurableTask;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Engine;

/// <summary>How the engine runs.</summary>
internal sealed record EngineOptions
{
    public IStore Store { get; init; } = new MemoryStore();

    /// <summary>Makes and reads the JSON that crosses the engine.</summary>
    public DataConverter Json { get; init; } = WorkerJson.Default;

    public IWorkScheduler Scheduler { get; init; } = ThreadPoolScheduler.Instance;

    /// <summary>Makes an id that no other call has made.</summary>
    public Func<string> NewId { get; init; } = static () => Guid.NewGuid().ToString("N");

    /// <summary>Activities that run at one time; more wait in order.</summary>
    public int MaxConcurrentActivities { get; init; } = 1000;

    /// <summary>Entities that stay in memory while they have nothing to do; more are read again when they have.</summary>
    public int MaxIdleEntities { get; init; } = 10_000;

    /// <summary>
    /// Whether code is given nothing that memory alone has kept: each turn replays the whole history, and each operation reads its
    /// entity's state, as on the real engine. Slower; finds code that is not deterministic, and state that is not in its JSON.
    /// </summary>
    public bool ReplayEveryTurn { get; init; }

    /// <summary>What goes wrong; null for nothing.</summary>
    public IFaults? Faults { get; init; }
}

/// <summary>Where units of work go to be run.</summary>
internal interface IWorkScheduler
{
    void Schedule(IThreadPoolWorkItem item);

    /// <summary>Hears that a client waits for something that this engine's work will complete.</summary>
    void Waits(Task task)
    {
    }
}

/// <summary>Work that runs an app's own code, which may go on after <see cref="IThreadPoolWorkItem.Execute"/> has returned.</summary>
internal interface IFunctionWork : IThreadPoolWorkItem
{
    /// <summary>What it is, for people.</summary>
    string Description { get; }

    /// <summary>Runs it.</summary>
    /// <returns>A task that completes when it has ended.</returns>
    Task RunAsync();

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();
}

/// <summary>Runs work on the thread pool.</summary>
internal sealed class ThreadPoolScheduler : IWorkScheduler
{
    public static readonly ThreadPoolScheduler Instance = new();

    public void Schedule(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
}
