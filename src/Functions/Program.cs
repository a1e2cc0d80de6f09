using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Preempt;
using Preempt.Functions.Workflows;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddPreempt(builder.Configuration, AppWorkflows.Add);
await builder.Build().RunAsync();
