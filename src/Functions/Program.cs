using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Preempt;
using Preempt.Functions.Workflows;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddPreempt(builder.Configuration, preempt => preempt
    .AddWorkflow<ChatReply>()
    .AddWorkflow<LabCancelInProgress>()
    .AddWorkflow<LabCancelInProgress3>()
    .AddWorkflow<LabImmediate>()
    .AddWorkflow<LabPlain>());
await builder.Build().RunAsync();
