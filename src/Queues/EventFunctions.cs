using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Configuration;

namespace Preempt.Queues;

/// <summary>Publishes lifecycle events to a queue, if <c>Preempt:Events</c> is set.</summary>
public sealed class EventFunctions(IConfiguration configuration)
{
    /// <summary>The queue's name.</summary>
    public const string Queue = "preempt-events";

    /// <summary>Adds events to the queue.</summary>
    [Function(PreemptFunctions.PublishLifecycle)]
    public Task Publish([EntityTrigger] TaskEntityDispatcher dispatcher, FunctionContext function) =>
        dispatcher.DispatchAsync(new LifecyclePublisher(AppQueues.Of(configuration), function.CancellationToken));
}

/// <summary>The entity that publishes lifecycle events. It has no state.</summary>
internal sealed class LifecyclePublisher(AppQueues queues, CancellationToken hostStopping) : TaskEntity<object?>
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Adds one event to the queue.</summary>
    public Task Publish(LifecycleEvent happened) =>
        queues.AddAsync(EventFunctions.Queue, BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(happened, Options)), hostStopping);

    /// <inheritdoc />
    protected override object? InitializeState(TaskEntityOperation entityOperation) => null;
}
