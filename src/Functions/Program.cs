using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Preempt;
using Preempt.Embedded;
using Preempt.Functions.Http;
using Preempt.Functions.Queues;
using Preempt.Functions.Telemetry;

await FunctionApp.RunAsync(args, static app =>
{
    app.UseWhen<RequestIds>(static context => context.GetHttpContext() is not null);
    app.Services
        .AddPreempt(app.Configuration)
        .AddTelemetryExport(app.Configuration)
        .AddSingleton<AppQueues>()
        .AddSingleton<PoisonQueue>();
});
