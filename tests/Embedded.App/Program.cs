using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Preempt.Embedded.App;

// What tests run as a process: a program that writes to a store until it is killed, or the host.
if (args is ["write", string directory])
    return StoreWriter.Run(directory);

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
await builder.Build().RunAsync();
return 0;
