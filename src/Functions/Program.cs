using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Preempt;
using Preempt.Functions.Http;
using Preempt.Functions.Queues;
using Preempt.Functions.Telemetry;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseWhen<RequestIds>(static context => context.GetHttpContext() is not null);
builder.Services
    .AddPreempt(builder.Configuration)
    .AddTelemetryExport(builder.Configuration)
    .AddSingleton<AppQueues>()
    .AddSingleton<PoisonQueue>();
await builder.Build().RunAsync();
