using BenchmarkDotNet.Attributes;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Store;

namespace Preempt.Benchmarks;

/// <summary>What the engine itself takes, without a store: one turn of an orchestrator, and one operation of an entity.</summary>
[InProcess]
[MemoryDiagnoser]
public class EngineBenchmarks : IDisposable
{
    private static readonly Delivery Event = new("one", new EventRaised("next", "1"));
    private static readonly EntityRequest Operation = new("@counter@one", "add", "1");

    private readonly WorkQueue _work = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private DurableEngine? _engine;

    [GlobalSetup]
    public void Start()
    {
        FunctionTable functions = FunctionTableFactory.Create(
            FunctionCatalog.Discover([typeof(BenchmarkFunctions)]), new FunctionRuntime(_services, () => _engine!));
        _engine = new DurableEngine(
            new EngineOptions { Store = new NoStore(), Scheduler = _work }, functions, TimeProvider.System, NullLoggerFactory.Instance);
        _engine.Start();
        _engine.Client.ScheduleNewOrchestrationInstanceAsync("Events", null, new StartOrchestrationOptions("one")).Wait();
        _work.RunAll();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _engine?.Kill();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "a turn: an event arrives, the code goes on")]
    public void Turn()
    {
        _engine!.Send(Event);
        _work.RunAll();
    }

    [Benchmark(Description = "an operation of an entity")]
    public void EntityOperation()
    {
        _engine!.Entities.Deliver(Operation);
        _work.RunAll();
    }

    /// <summary>Runs work on the thread of the benchmark.</summary>
    private sealed class WorkQueue : IWorkScheduler
    {
        private readonly Queue<IThreadPoolWorkItem> _items = new();

        public void Schedule(IThreadPoolWorkItem item) => _items.Enqueue(item);

        public void RunAll()
        {
            while (_items.TryDequeue(out IThreadPoolWorkItem? item))
                item.Execute();
        }
    }

    /// <summary>Keeps nothing.</summary>
    private sealed class NoStore : IStore
    {
        public void Commit(Commit commit, Action<Exception?> done) => done(null);

        public InstanceHeader? FindInstance(string instanceId) => null;

        public IReadOnlyList<HistoryEvent> ReadHistory(string instanceId) => [];

        public EntityRecord? FindEntity(string entityId) => null;

        public IReadOnlyList<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter) => [];

        public IReadOnlyList<EntityRecord> ListEntities(string prefix, string? after, int limit, Func<EntityRecord, bool> filter) => [];

        public Unfinished ReadUnfinished() => new([], [], [], []);
    }
}
