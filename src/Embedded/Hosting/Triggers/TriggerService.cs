using Microsoft.Extensions.Hosting;

namespace Preempt.Embedded.Hosting.Triggers;

/// <summary>Runs the app's triggers, from when the app has started until the host stops.</summary>
internal sealed class TriggerService(IEnumerable<ITriggerLoop> loops, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _deadline = new();
    private CancellationTokenRegistration _started;
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = lifetime.ApplicationStarted.Register(() => _running = Task.WhenAll(loops.Select(Run)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration over = cancellationToken.Register(_deadline.Cancel);
        await _running;
    }

    public void Dispose()
    {
        _started.Dispose();
        _deadline.Dispose();
    }

    private Task Run(ITriggerLoop loop) => Task.Run(() => loop.RunAsync(lifetime.ApplicationStopping, _deadline.Token));
}
