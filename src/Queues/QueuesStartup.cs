using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Queues;

[assembly: WorkerExtensionStartup(typeof(QueuesStartup))]

namespace Preempt.Queues;

/// <summary>What the package adds to a worker of a Functions host. The Worker SDK finds it.</summary>
public sealed class QueuesStartup : WorkerExtensionStartup
{
    /// <inheritdoc />
    public override void Configure(Microsoft.Azure.Functions.Worker.IFunctionsWorkerApplicationBuilder applicationBuilder) =>
        applicationBuilder.Services.AddHostedService<CommandQueue>();
}
