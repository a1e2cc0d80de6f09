using System.ComponentModel;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.Durable;

/// <summary>The function of bulk operations. The platform calls it; nobody else does.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BulkFunctions
{
    /// <summary>Runs a bulk operation.</summary>
    [Function(PreemptFunctions.Bulk)]
    public static async Task<object> Bulk([OrchestrationTrigger] TaskOrchestrationContext context) => await BulkOperation.RunAsync(context);
}
