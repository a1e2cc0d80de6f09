using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Queues;

[assembly: WorkerExtensionStartup(typeof(QueuesStartup))]

namespace Preempt.Queues;

/// <summary>Adds the package's services to a worker of a Functions host. The Worker SDK finds this class.</summary>
public sealed class QueuesStartup : WorkerExtensionStartup
{
    /// <inheritdoc />
    public override void Configure(Microsoft.Azure.Functions.Worker.IFunctionsWorkerApplicationBuilder applicationBuilder) =>
        applicationBuilder.Services.AddHostedService<CommandQueue>();
}
