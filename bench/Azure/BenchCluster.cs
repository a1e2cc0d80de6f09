using Preempt.Tests.Shared;

namespace Preempt.AzureBench;

/// <summary>Hosts that share one task hub.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private const int MaxLines = 5_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = [];
    private TaskCompletionSource _wrote = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BenchCluster(BenchHost[] hosts)
    {
        Hosts = hosts;
        foreach (BenchHost host in hosts)
            host.Wrote += Keep;
    }

    public IReadOnlyList<BenchHost> Hosts { get; }

    public static async Task<BenchCluster> StartAsync(Azurite storage, int hosts) =>
        new(await Task.WhenAll(Enumerable.Range(0, hosts).Select(_ => BenchHost.StartAsync(storage))));

    /// <summary>A host other than the one whose worker that process is, where there is another.</summary>
    public BenchHost Beside(int worker) => Hosts.FirstOrDefault(host => host.Worker != worker) ?? Hosts[0];

    /// <summary>Waits until a host has written that something became of an instance: without a request to the storage.</summary>
    public async Task ReadAsync(string instanceId, string what)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_lines.Any(line => line.Contains(instanceId, StringComparison.Ordinal) && line.Contains(what, StringComparison.Ordinal)))
                    return;
                next = _wrote.Task;
            }

            await next.WaitAsync(LongestWait);
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (BenchHost host in Hosts)
            host.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Keep(string line)
    {
        if (!line.Contains(": Function '", StringComparison.Ordinal))
            return;
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
                _lines.Dequeue();
            _wrote.SetResult();
            _wrote = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
