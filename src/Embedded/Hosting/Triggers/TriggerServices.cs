using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Hosting.Timers;

namespace Preempt.Embedded.Hosting.Triggers;

/// <summary>Adds the triggers of an app's functions to its services.</summary>
internal static class TriggerServices
{
    /// <summary>Reads and adds the triggers.</summary>
    /// <exception cref="InvalidOperationException">Settings of some cannot be read; the message names each.</exception>
    public static void Add(IServiceCollection services, IReadOnlyList<FunctionDescriptor> functions, IConfiguration app)
    {
        foreach (TimerPlan plan in TriggerPlans.Read(functions, TriggerKind.Timer, function => TimerPlan.Read(function, app)))
        {
            services.AddSingleton<ITriggerLoop>(provider => new TimerLoop(
                plan,
                new FunctionRunner(plan.Function, provider.GetRequiredService<FunctionRuntime>()),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<TimerLoop>>()));
        }

        services.AddHostedService<TriggerService>();
    }
}
