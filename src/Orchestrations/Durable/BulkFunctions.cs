using System.ComponentModel;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Durable;

/// <summary>The functions of bulk operations. The platform calls them; nobody else does.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BulkFunctions
{
    /// <summary>Runs a bulk operation.</summary>
    [Function(PreemptFunctions.Bulk)]
    public static async Task<object> Bulk([OrchestrationTrigger] TaskOrchestrationContext context) => await BulkOperation.RunAsync(context);

    /// <summary>Counts the runs that a filter matches.</summary>
    [Function(PreemptFunctions.CountRuns)]
    public static Task<int> CountRuns(
        [ActivityTrigger] JsonElement filter, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        BulkActivities.CountAsync(client, filter.Deserialize<RunFilter>()!, function.CancellationToken);

    /// <summary>Finds the next runs that a filter matches.</summary>
    [Function(PreemptFunctions.FindRuns)]
    public static async Task<object> FindRuns(
        [ActivityTrigger] JsonElement search, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        await BulkActivities.FindAsync(client, search.Deserialize<BulkSearch>()!, function.CancellationToken);

    /// <summary>Does the operation's work on some runs.</summary>
    [Function(PreemptFunctions.WorkOnRuns)]
    public static async Task<object> WorkOnRuns(
        [ActivityTrigger] JsonElement work, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        await BulkActivities.WorkAsync(Runs(function), client, work.Deserialize<BulkWork>()!, function.CancellationToken);

    private static RunClients Runs(FunctionContext function) => function.InstanceServices.GetRequiredService<RunClients>();
}
