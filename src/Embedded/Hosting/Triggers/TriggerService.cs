using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Hosting.Triggers;

/// <summary>Runs the app's triggers, from when the app has started until the host stops.</summary>
internal sealed class TriggerService(
    IEnumerable<ITriggerLoop> loops, IHostApplicationLifetime lifetime, ILogger<TriggerService> logger) : IHostedService, IDisposable
{
    /// <summary>What triggers get, after the deadline, to hand back what they hold.</summary>
    private static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _deadline = new();
    private CancellationTokenRegistration _started;
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = lifetime.ApplicationStarted.Register(() => _running = Task.WhenAll(loops.Select(RunAsync)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_running, Task.Delay(Timeout.Infinite, cancellationToken));
        await _deadline.CancelAsync();
        await Task.WhenAny(_running, Task.Delay(ReturnTime, CancellationToken.None));
    }

    public void Dispose()
    {
        _started.Dispose();
        _deadline.Dispose();
    }

    private async Task RunAsync(ITriggerLoop loop)
    {
        await Task.Yield();
        try
        {
            await loop.RunAsync(lifetime.ApplicationStopping, _deadline.Token);
        }
#pragma warning disable CA1031 // The others go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogCritical(exception, "A trigger failed; its function does not run until the process is started again");
        }
    }
}
