using Microsoft.Extensions.Hosting;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Hosting;

/// <summary>
/// Runs the engine while the host runs. Activities hear at once that the host stops; the engine itself outlives the server, so
/// that requests in flight still work. When the engine fails the app stops with exit code 1, so that a process manager starts it again.
/// </summary>
internal sealed class EngineService(DurableEngine engine, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private CancellationTokenRegistration _registration;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Failed += () => ThreadPool.QueueUserWorkItem(_ =>
        {
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        });
        engine.Start();
        _registration = lifetime.ApplicationStopping.Register(() => _ = engine.StopActivitiesAsync());
        return Task.CompletedTask;
    }

    /// <summary>Called when the server has drained; the token fires when the host's time to stop is over.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);

    public void Dispose() => _registration.Dispose();
}
