using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

// What the tests of the host as a process run.
FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
await builder.Build().RunAsync();
