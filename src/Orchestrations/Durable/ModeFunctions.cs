using System.ComponentModel;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.Durable;

/// <summary>The functions that apply the app's mode, and limits. The platform calls them; nobody else does.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ModeFunctions
{
    /// <summary>Tells the live runs that the app drains, stops or resumes.</summary>
    [Function(PreemptFunctions.ApplyMode)]
    public static Task ApplyMode([OrchestrationTrigger] TaskOrchestrationContext context) => ModeApplication.RunAsync(context);

    /// <summary>Tells a rule's gates of a change of its limits.</summary>
    [Function(PreemptFunctions.ApplyLimits)]
    public static Task ApplyLimits([OrchestrationTrigger] TaskOrchestrationContext context) => LimitApplication.RunAsync(context);
}
