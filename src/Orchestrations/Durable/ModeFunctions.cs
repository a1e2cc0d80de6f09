using System.ComponentModel;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.Durable;

/// <summary>The function that applies the app's mode. The platform calls it; nobody else does.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ModeFunctions
{
    /// <summary>Tells the live runs that the app drains, stops or resumes.</summary>
    [Function(PreemptFunctions.ApplyMode)]
    public static Task ApplyMode([OrchestrationTrigger] TaskOrchestrationContext context) => ModeApplication.RunAsync(context);
}
