using Microsoft.DurableTask.Protobuf;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Hosting;

/// <summary>Makes an app's orchestrators, activities and entities callable by the engine.</summary>
internal static class FunctionTableFactory
{
    /// <summary>The durable functions among those of an app.</summary>
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
                    table.Entities.Add(function.DurableName, async batch => (EntityBatchResult)(await runner.RunAsync(batch, runtime.Stopping))!);
                    break;
                default:
                    break;
            }
        }

        return table;
    }
}
