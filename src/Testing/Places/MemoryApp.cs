namespace Preempt.Testing;

/// <summary>An app in memory, on a clock that skips. Each call has done its work when it returns: its task is complete.</summary>
/// <param name="host">The host that it is in.</param>
internal sealed class MemoryApp(PreemptTestHost host) : TestedApp(TestPlace.Memory)
{
    public override DateTimeOffset Now => host.Now;

    public static MemoryApp Start(TestedAppOptions options)
    {
        DurableTestHostOptions memory = new() { App = options.App, ConfigureServices = options.ConfigureServices };
        foreach ((string name, string? value) in options.Settings)
            memory.Settings.Add(name, value);
        return new PreemptTestHost(memory).App;
    }

    public override Task AdvanceAsync(Duration time)
    {
        host.Host.Advance(time.Value);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        host.Dispose();
        return ValueTask.CompletedTask;
    }

    internal override Task<Run> StartRunAsync(string workflow, object? input, StartOptions? options) => Call(runs => runs.StartAsync(workflow, input, options));

    internal override Task<Run> GetAsync(string id) => Call(runs => runs.GetAsync(id));

    internal override Task<Run> CancelAsync(string id, CancelOptions options) => Call(runs => runs.CancelAsync(id, options));

    internal override Task<Run> ExtendAsync(string id, Duration by) => Call(runs => runs.ExtendAsync(id, by));

    internal override Task<Run> RaiseEventAsync(string id, string name, object? payload) => Call(runs => runs.RaiseEventAsync(id, name, payload));

    internal override Task<RunExplanation> ExplainAsync(string id) => Call(runs => runs.ExplainAsync(id));

    internal override string FindHistory(string id) => host.Host.DumpHistory(id);

    internal override Task<Gate> GetGateAsync(string workflow, string key) => Call(runs => runs.GetGateAsync(workflow, key));

    internal override Task WaitAsync(Func<Task<bool>> condition, Duration? limit)
    {
        host.Host.RunUntil(() => condition().GetAwaiter().GetResult(), limit?.Value);
        return Task.CompletedTask;
    }

    internal override Task WaitForEndAsync(string id, Duration? limit)
    {
        host.Host.RunUntil(HasEnded, limit?.Value ?? TimeSpan.FromDays(30));
        return Task.CompletedTask;

        bool HasEnded() => host.Host.Client.GetInstanceAsync(id, CancellationToken.None).GetAwaiter().GetResult() is { IsCompleted: true };
    }

    private Task<T> Call<T>(Func<RunClient, Task<T>> call) => Task.FromResult(host.Host.Run(() => call(host.Runs)));
}
