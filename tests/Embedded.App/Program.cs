using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Preempt.Embedded.App;
using Preempt.Embedded.Hosting.Queues;

// What tests run as a process: a program that writes to a store until it is killed, or the host.
if (args is ["write", string directory])
    return StoreWriter.Run(directory);

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
if (builder.Configuration.GetValue<TimeSpan?>("QueueLease") is { } lease)
    builder.Services.AddSingleton(new QueueSettings { LeaseTime = lease, MaxPollingInterval = lease });
await builder.Build().RunAsync();
return 0;
