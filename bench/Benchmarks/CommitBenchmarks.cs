using BenchmarkDotNet.Attributes;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;

namespace Preempt.Benchmarks;

/// <summary>The commit of one turn: a header, three events, one message sent and one taken. A store writes many at once better than one.</summary>
[InProcess]
[MemoryDiagnoser]
public class CommitBenchmarks : IDisposable
{
    private const int AtOnce = 100;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-commits-");
    private readonly long[] _sent = new long[AtOnce];
    private readonly InstanceHeader[] _headers = [.. Enumerable.Range(0, AtOnce).Select(NewHeader)];
    private IStore? _store;

    [Params("memory", "sqlite")]
    public string Store { get; set; } = "";

    [GlobalSetup]
    public void Open() => _store = Store == "memory" ? new MemoryStore() : SqliteStore.Open(_directory.FullName);

    [GlobalCleanup]
    public void Dispose()
    {
        (_store as IDisposable)?.Dispose();
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "a commit")]
    public Task One() => CommitAsync(0);

    [Benchmark(Description = "a commit, with 99 others", OperationsPerInvoke = AtOnce)]
    public Task Many() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(CommitAsync));

    private async Task CommitAsync(int instance)
    {
        // The history begins anew each time, so that the store does not grow.
        Commit commit = new()
        {
            Header = _headers[instance],
            ResetHistory = true,
            Deliveries = { new Delivery("other", new EventRaised("next", "{\"number\":1}")) },
        };
        commit.History.AddRange([new TurnStarted(DateTime.UnixEpoch), new TaskCompleted(1, "\"done\""), new TaskScheduled(2, "Step", "\"input\"")]);
        if (_sent[instance] != 0)
            commit.Consumed.Add(_sent[instance]);
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _store!.Commit(commit, failure =>
        {
            if (failure is null)
                done.SetResult();
            else
                done.SetException(failure);
        });
        await done.Task;
        _sent[instance] = commit.Deliveries[0].Sequence;
    }

    private static InstanceHeader NewHeader(int number) => new()
    {
        InstanceId = $"instance-{number}",
        Name = "Sample",
        ExecutionId = "first",
        Status = OrchestrationRuntimeStatus.Running,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        CustomStatus = "{\"Status\":\"Running\"}",
    };
}
