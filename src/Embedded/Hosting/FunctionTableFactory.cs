using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Hosting;

/// <summary>Makes an app's orchestrators, activities and entities callable by the engine.</summary>
internal static class FunctionTableFactory
{
    /// <summary>The durable functions among those of an app.</summary>
    /// <param name="functions">The app's functions.</param>
    /// <param name="services">The app's services; a scope is made for each invocation that needs one.</param>
    /// <param name="client">The engine's client, for parameters with <c>[DurableClient]</c>.</param>
    public static FunctionTable Create(
        IEnumerable<FunctionDescriptor> functions, IServiceProvider services, Func<DurableTaskClient> client) =>
        Create(functions, new FunctionRuntime(services, client));

    public static FunctionTable Create(IEnumerable<FunctionDescriptor> functions, FunctionRuntime runtime)
    {
        FunctionTable table = new();
        foreach (FunctionDescriptor function in functions)
        {
            FunctionRunner runner = new(function, runtime);
            switch (function.Kind)
            {
                case TriggerKind.Orchestration:
                    table.Orchestrators.Add(function.DurableName, context => runner.RunAsync(context, runtime.Stopping));
                    break;
                case TriggerKind.Activity:
                    table.Activities.Add(function.DurableName, activity => runner.RunAsync(activity, activity.HostStopping));
                    break;
                case TriggerKind.Entity:
                    table.Entities.Add(function.DurableName, operation => runner.RunAsync(operation, runtime.Stopping));
                    break;
                default:
                    break;
            }
        }

        return table;
    }
}
