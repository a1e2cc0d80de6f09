using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Preempt;
using Preempt.Functions.Telemetry;
using Preempt.Functions.Workflows;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services
    .AddPreempt(builder.Configuration, AppWorkflows.Add)
    .AddTelemetryExport(builder.Configuration);
await builder.Build().RunAsync();
