using Preempt;
using Preempt.Embedded;
using Preempt.Functions.Telemetry;
using Preempt.Functions.Workflows;

await FunctionApp.RunAsync(args, static app => app.Services
    .AddPreempt(app.Configuration, static preempt => preempt.AddWorkflowsFrom(typeof(LabRules).Assembly).AddLabRules())
    .AddTelemetryExport(app.Configuration));
