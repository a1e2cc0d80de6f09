using System.ComponentModel;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Durable;

/// <summary>The functions that apply the app's mode. The platform calls them; nobody else does.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ModeFunctions
{
    /// <summary>Tells the live runs that the app drains, stops or resumes.</summary>
    [Function(PreemptFunctions.ApplyMode)]
    public static Task ApplyMode([OrchestrationTrigger] TaskOrchestrationContext context) => ModeApplication.RunAsync(context);

    /// <summary>Tells a page of them.</summary>
    [Function(PreemptFunctions.ApplyModePage)]
    public static async Task<object> ApplyModePage(
        [ActivityTrigger] JsonElement page, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        await ModeApplication.ApplyAsync(
            page.Deserialize<ModePage>()!,
            client,
            function.InstanceServices.GetRequiredService<TimeProvider>(),
            function.InstanceServices.GetRequiredService<ICancellationFeed>(),
            function.CancellationToken);
}
