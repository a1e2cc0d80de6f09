using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Hosting;

/// <summary>
/// Runs the engine while the host runs. It starts before the server takes requests; it stops as soon as the host is told to,
/// so that activities hear of it at once and not only when the last request has been answered.
/// </summary>
internal sealed class EngineService(DurableEngine engine, IHostApplicationLifetime lifetime, IOptions<HostOptions> options)
    : IHostedService, IDisposable
{
    private CancellationTokenRegistration _registration;
    private Task _stopped = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Start();
        _registration = lifetime.ApplicationStopping.Register(() => _stopped = engine.StopAsync(options.Value.ShutdownTimeout));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _stopped.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host's time is over. What still runs is not lost: it runs again after the restart.
        }
    }

    public void Dispose() => _registration.Dispose();
}
