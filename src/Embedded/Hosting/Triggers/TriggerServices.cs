using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Hosting.Queues;
using Preempt.Embedded.Hosting.Timers;

namespace Preempt.Embedded.Hosting.Triggers;

/// <summary>Adds the triggers of an app's functions to its services.</summary>
internal static class TriggerServices
{
    /// <summary>Reads and adds the triggers.</summary>
    /// <exception cref="InvalidOperationException">Settings of some cannot be read; the message names each.</exception>
    public static void Add(
        IServiceCollection services, IReadOnlyList<FunctionDescriptor> functions, HostSettings host, IConfiguration app)
    {
        foreach (TimerPlan plan in TriggerPlans.Read(functions, TriggerKind.Timer, function => TimerPlan.Read(function, app)))
        {
            services.AddSingleton<ITriggerLoop>(provider => new TimerLoop(
                plan,
                new FunctionRunner(plan.Function, provider.GetRequiredService<FunctionRuntime>()),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<TimerLoop>>()));
        }

        IReadOnlyList<QueuePlan> queues = TriggerPlans.Read(functions, TriggerKind.Queue, function => QueuePlan.Read(function, app));
        if (queues.Count > 0) services.TryAddSingleton(QueueSettings.Read(host.All));
        foreach (IGrouping<QueueConnection, QueuePlan> plans in queues.GroupBy(plan => plan.Connection))
            AddListeners(services, plans.Key, [.. plans]);
        services.AddHostedService<TriggerService>();
    }

    private static void AddListeners(IServiceCollection services, QueueConnection connection, IReadOnlyList<QueuePlan> plans)
    {
        services.AddKeyedSingleton(
            connection, (provider, _) => new QueueStorage(connection, plans, provider.GetRequiredService<ILogger<QueueStorage>>()));
        foreach (QueuePlan plan in plans)
        {
            services.AddSingleton<ITriggerLoop>(provider => new QueueListener(
                plan,
                provider.GetRequiredKeyedService<QueueStorage>(connection),
                provider.GetRequiredService<QueueSettings>(),
                new FunctionRunner(plan.Function, provider.GetRequiredService<FunctionRuntime>()),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<QueueListener>>()));
        }
    }
}
