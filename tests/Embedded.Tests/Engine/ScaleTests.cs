using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;
using Preempt.Embedded.Tests.Hosting;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Runs after all other tests of the assembly, which would be in the heap that is measured.</summary>
[CollectionDefinition(nameof(ScaleTests), DisableParallelization = true)]
public sealed class ScaleTestsAlone;

/// <summary>That what one turn costs, and what memory holds, does not grow with what has been and what waits. Work is counted, not timed.</summary>
[Collection(nameof(ScaleTests))]
public sealed class ScaleTests : IDisposable
{
    private readonly FunctionTable _functions = new();
    private readonly CountingStore _store = new(new MemoryStore());
    private DurableEngine? _engine;
    private int _codeStarts;

    private DurableEngine Engine => _engine ??= NewEngine(_store, maxIdleEntities: 10_000);

    private DurableEngine NewEngine(IStore store, int maxIdleEntities)
    {
        _functions.Activities["Echo"] = static activity => Task.FromResult<object?>(activity.Input);
        _functions.Orchestrators["Wait"] = static async context => await context.WaitForExternalEvent<string>("go");
        _functions.Orchestrators["Echoes"] = async context =>
        {
            Interlocked.Increment(ref _codeStarts);
            for (int i = 0; i < context.GetInput<int>(); i++)
                await context.CallActivityAsync<string>("Echo", "x");
            return null;
        };
        _functions.Orchestrators["Timer"] = static async context =>
        {
            using CancellationTokenSource cancelled = new();
            Task timer = context.CreateTimer(context.CurrentUtcDateTime.AddDays(1), cancelled.Token);
            await context.CallActivityAsync<string>("Echo", "x");
            cancelled.Cancel();
            return null;
        };
        _functions.Entities["List"] = EntityFunctions.Of(static () => new ListEntity());
        DurableEngine engine = new(
            new EngineOptions { Store = store, MaxIdleEntities = maxIdleEntities }, _functions, TimeProvider.System, NullLoggerFactory.Instance);
        engine.Start();
        return engine;
    }

    public void Dispose() => _engine?.Kill();

    private Task<string> StartAsync(string name, object? input = null) =>
        Engine.Client.ScheduleNewOrchestrationInstanceAsync(name, input, CancellationToken.None);

    private async Task EndAsync(string instanceId)
    {
        OrchestrationMetadata ended =
            await Engine.Client.WaitForInstanceCompletionAsync(instanceId, CancellationToken.None).WaitAsync(TestApp.Patience);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
    }

    private async Task RunAsync(string name, object? input = null) => await EndAsync(await StartAsync(name, input));

    /// <summary>Waits for the end without asking the store for it.</summary>
    private async Task RunUnseenAsync(string name, object? input)
    {
        string id = await StartAsync(name, input);
        await UntilAsync(() => Engine.Instances.Find(id) is null);
    }

    private static Task UntilAsync(Func<bool> condition) =>
        Task.Run(() => Assert.True(SpinWait.SpinUntil(condition, TestApp.Patience)));

    [Fact]
    public async Task A_turn_does_not_replay_a_long_history()
    {
        await RunUnseenAsync("Echoes", 1000);
        Commit[] turns = [.. _store.Commits.Where(commit => commit.Header is not null)];
        Assert.Equal(1001, turns.Length);
        Assert.Equal(1, _codeStarts);
        Assert.Equal(0, _store.Reads);
        // The turn began, the activity answered, the next was called.
        Assert.All(turns, turn => Assert.InRange(turn.History.Count, 1, 3));
    }

    [Fact]
    public async Task A_run_takes_no_more_reads_and_commits_when_many_instances_wait_and_many_have_ended()
    {
        (int Reads, int Commits) few = await CostAsync();
        for (int i = 0; i < 500; i++)
        {
            await StartAsync("Wait");
            await RunAsync("Echoes", 1);
        }

        await UntilAsync(() => Engine.Instances.Count == 500);
        Assert.Equal(few, await CostAsync());
    }

    /// <summary>What one orchestration with three activities costs: the least of three, since what ran before may commit once more meanwhile.</summary>
    private async Task<(int Reads, int Commits)> CostAsync()
    {
        const int Tries = 3;
        (int Reads, int Commits) least = (int.MaxValue, int.MaxValue);
        for (int number = 0; number < Tries; number++)
        {
            (int reads, int commits) = (_store.Reads, _store.Commits.Count);
            await RunUnseenAsync("Echoes", 3);
            least = (Math.Min(least.Reads, _store.Reads - reads), Math.Min(least.Commits, _store.Commits.Count - commits));
        }

        return least;
    }

    [Fact]
    public async Task Ended_instances_are_not_in_memory_and_nor_are_their_timers()
    {
        for (int i = 0; i < 100; i++)
            await RunAsync("Timer");
        string waits = await StartAsync("Wait");
        await UntilAsync(() => Engine.Instances.Count == 1);
        Assert.Equal(0, Engine.Timers.Count);
        await Engine.Client.RaiseEventAsync(waits, "go", "x", CancellationToken.None);
        await EndAsync(waits);
        await UntilAsync(() => Engine.Instances.Count == 0);
    }

    [Fact]
    public async Task Ended_instances_leave_nothing_on_the_heap()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("preempt-ended-");
        try
        {
            using SqliteStore store = SqliteStore.Open(directory.FullName);
            _engine = NewEngine(store, maxIdleEntities: 10);
            await ManyAsync(2000);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            await ManyAsync(10_000);
            long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / 10_000;
            // A header alone would be some 300 bytes.
            Assert.InRange(each, long.MinValue, 100);
            _engine.Kill();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private Task ManyAsync(int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, _) => await RunAsync("Echoes", 1));

    [Fact]
    public async Task Idle_entities_beyond_the_limit_leave_memory_and_come_back_with_their_state_in_order()
    {
        const int Entities = 50;
        const int Rounds = 20;
        _engine = NewEngine(_store, maxIdleEntities: 5);
        // All at once: entities leave memory while others of their operations are on their way.
        await Task.WhenAll(Enumerable.Range(0, Entities).Select(async entity =>
        {
            for (int round = 0; round < Rounds; round++)
                await _engine.Client.Entities.SignalEntityAsync(new EntityInstanceId("List", $"{entity}"), "add", round);
        }));
        await UntilAsync(() => _store.Commits.Sum(commit => commit.Entity is null ? 0 : commit.Consumed.Count) == Entities * Rounds);
        await UntilAsync(() => _engine.Entities.Count <= 5);
        foreach (int entity in Enumerable.Range(0, Entities))
        {
            EntityMetadata<List<int>>? state = await _engine.Client.Entities.GetEntityAsync<List<int>>(new EntityInstanceId("List", $"{entity}"));
            Assert.Equal(Enumerable.Range(0, Rounds), state!.State);
        }
    }

    [Fact]
    public async Task An_entity_that_is_used_stays_in_memory_while_others_come_and_go()
    {
        _engine = NewEngine(_store, maxIdleEntities: 5);
        for (int i = 0; i < 100; i++)
        {
            await AddAsync("used");
            await AddAsync($"once-{i}");
        }

        Assert.Equal(1, _store.EntityReads["@list@used"]);
    }

    private async Task AddAsync(string key)
    {
        int before = Writes();
        await _engine!.Client.Entities.SignalEntityAsync(new EntityInstanceId("List", key), "add", 1);
        await UntilAsync(() => Writes() > before);

        int Writes() => _store.Commits.Count(commit => commit.Entity?.Id == $"@list@{key}");
    }
}
