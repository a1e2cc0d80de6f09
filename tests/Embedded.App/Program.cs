using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Embedded;
using Preempt.Embedded.App;
using Preempt.Embedded.Hosting.Queues;

// What tests run as a process: a program that writes to a store until it is killed, or the host.
if (args is ["write", string directory])
    return StoreWriter.Run(directory);

await FunctionApp.RunAsync(args, static app =>
{
    if (app.Configuration.GetValue<TimeSpan?>("QueueLease") is { } lease)
        app.Services.AddSingleton(new QueueSettings { LeaseTime = lease, MaxPollingInterval = lease });
});
return Environment.ExitCode;
