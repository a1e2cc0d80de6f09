using Preempt;
using Preempt.Embedded;
using Preempt.Functions.Telemetry;

await FunctionApp.RunAsync(args, static app => app.Services
    .AddPreempt(app.Configuration)
    .AddTelemetryExport(app.Configuration));
