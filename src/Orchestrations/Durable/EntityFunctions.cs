using System.ComponentModel;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Durable;

/// <summary>The functions of entities. The platform calls them; nobody else does.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EntityFunctions
{
    /// <summary>The gates of all concurrency keys.</summary>
    [Function(PreemptFunctions.Gate)]
    public static Task Gate([EntityTrigger] TaskEntityDispatcher dispatcher, [DurableClient] DurableTaskClient client, FunctionContext function)
    {
        IServiceProvider services = function.InstanceServices;
        FreshGate fresh = new(services.GetRequiredService<AppModeReader>(), client);
        return dispatcher.DispatchAsync(new ConcurrencyGate(services.GetRequiredService<TimeProvider>(), fresh, function.CancellationToken));
    }

    /// <summary>The limits of rules that were changed at run time.</summary>
    [Function(PreemptFunctions.LimitBook)]
    public static Task LimitBook([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<LimitBook>();

    /// <summary>The runs that end on an event.</summary>
    [Function(PreemptFunctions.Subscribers)]
    public static Task Subscribers([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<EventSubscribers>();

    /// <summary>The app's mode.</summary>
    [Function(PreemptFunctions.Switch)]
    public static Task Switch([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<AppSwitch>();

    /// <summary>What must not wait behind work.</summary>
    [Function(PreemptFunctions.Control)]
    public static Task Control([EntityTrigger] TaskEntityDispatcher dispatcher, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        dispatcher.DispatchAsync(new ControlPlane(
            function.InstanceServices.GetRequiredService<RunClients>(), client, function.CancellationToken));
}
