using System.Text.RegularExpressions;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host.Config;
using Microsoft.Azure.WebJobs.Host.Executors;

namespace Preempt.FunctionsHost.Jobs;

/// <summary>Builds the WebJobs host: Microsoft's listeners of queues, timers and the task hub, over the worker's functions.</summary>
internal static partial class JobHostServices
{
    public static IHost Build(IConfiguration settings, ILoggerFactory loggers, EmittedFunctions functions, Uri managementApi) => new HostBuilder()
        .ConfigureAppConfiguration(configuration => configuration.AddConfiguration(settings))
        .ConfigureWebJobs(jobs => jobs
            .AddAzureStorageCoreServices()
            .AddDurableTask()
            .AddAzureStorageQueues()
            .AddTimers())
        .ConfigureServices(services => services
            .AddSingleton(loggers)
            .AddSingleton<ITypeLocator>(functions)
            .AddSingleton<IHostIdProvider>(new HostId(settings))
            .AddSingleton<ScheduleMonitor, ScheduleMemory>()
#pragma warning disable CS0618 // Marked as not for the public; a host has no other way to tell an extension its address.
            .AddSingleton<IWebHookProvider>(new WebHooks(managementApi)))
#pragma warning restore CS0618
        .Build();

    /// <summary>Hosts of one task hub are one app: they share the locks that WebJobs keeps in the storage account.</summary>
    private sealed partial class HostId(IConfiguration settings) : IHostIdProvider
    {
        public Task<string> GetHostIdAsync(CancellationToken cancellationToken)
        {
            string hub = settings[$"{FunctionApp.HostSection}:extensions:durableTask:hubName"] ?? "functionshost";
            string id = Strange().Replace(hub.ToLowerInvariant(), "");
            return Task.FromResult(id[..Math.Min(id.Length, 32)]);
        }

        [GeneratedRegex("[^a-z0-9]")]
        private static partial Regex Strange();
    }

#pragma warning disable CS0618
    private sealed class WebHooks(Uri address) : IWebHookProvider
#pragma warning restore CS0618
    {
        public Uri GetUrl(IExtensionConfigProvider extension) => address;
    }

    /// <summary>When timers last ran, in memory: what was due while no host ran stays undone.</summary>
    private sealed class ScheduleMemory : ScheduleMonitor
    {
        private readonly Dictionary<string, ScheduleStatus> _statuses = [];

        public override Task<ScheduleStatus?> GetStatusAsync(string timerName)
        {
            lock (_statuses)
                return Task.FromResult(_statuses.GetValueOrDefault(timerName));
        }

        public override Task UpdateStatusAsync(string timerName, ScheduleStatus status)
        {
            lock (_statuses)
                _statuses[timerName] = status;
            return Task.CompletedTask;
        }
    }
}
