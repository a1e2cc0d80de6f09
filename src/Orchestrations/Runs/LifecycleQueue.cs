using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// Publishes lifecycle events at least once, each with a call of an entity: an event must not wait until the steps leave an activity slot to it.
/// </summary>
internal static class LifecycleQueue
{
    /// <summary>Tries of one event: with the pauses between them, some four minutes. An event that nobody takes must not keep a run open.</summary>
    private const int MaxAttempts = 15;

    /// <summary>What the entity is asked for.</summary>
    private const string Operation = "Publish";

    /// <summary>Publishes an event, or logs that all attempts have failed.</summary>
    /// <param name="context">The orchestration that the event is of.</param>
    /// <param name="subject">The id of the run, or the rule.</param>
    /// <param name="happened">The event.</param>
    /// <param name="logger">The orchestration's log.</param>
    public static async Task PublishAsync(TaskOrchestrationContext context, string subject, LifecycleEvent happened, ILogger logger)
    {
        EntityInstanceId publisher = new(PreemptFunctions.PublishLifecycle, $"{RunId.ShardOf(subject)}");
        try
        {
            await context.CallEntityAsync<object?>(publisher, Operation, happened, MaxAttempts);
        }
        catch (EntityOperationFailedException exception)
        {
            logger.LogError(exception, "The event {Type} of {Subject} is not published: all attempts failed", happened.Type, subject);
        }
    }
}
