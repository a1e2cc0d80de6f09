using System.ComponentModel;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Durable;

/// <summary>The function of steps. The platform calls it; nobody else does.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class StepFunctions
{
    /// <summary>Runs any step, by the name in its input.</summary>
    [Function(PreemptFunctions.Step)]
    public static async Task<object> Step(
        [ActivityTrigger] JsonElement call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        await function.InstanceServices.GetRequiredService<StepRunner>().RunAsync(call.Deserialize<StepCall>()!, function, client);
}
