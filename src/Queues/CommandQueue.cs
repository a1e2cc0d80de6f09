using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Preempt.Queues;

/// <summary>Makes the queue of commands when the app starts: a host warns every few seconds that a queue it listens to is not there.</summary>
internal sealed class CommandQueue(IConfiguration configuration, ILogger<CommandQueue> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await AppQueues.Of(configuration).CreateAsync(CommandFunctions.Queue, stoppingToken);
        }
#pragma warning disable CA1031 // Whatever is wrong, the app can do without: the first message makes the queue.
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.LogWarning(exception, "The queue {Queue} could not be created", CommandFunctions.Queue);
        }
    }
}
