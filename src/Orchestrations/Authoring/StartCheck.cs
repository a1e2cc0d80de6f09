using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// Makes the app's mistakes known before anything runs: a host makes all its hosted services before it starts the first of them, and
/// making the registry checks it.
/// </summary>
internal sealed class StartCheck(WorkflowRegistry registry, ILogger<StartCheck> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        logger.LogInformation("Preempt runs {Workflows} workflows and {Steps} steps", registry.All.Count(), registry.Steps.Types.Count);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
