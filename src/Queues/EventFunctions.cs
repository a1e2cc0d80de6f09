using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace Preempt.Queues;

/// <summary>Publishes what happens to runs in a queue, where the app is set to do so.</summary>
public sealed class EventFunctions(IConfiguration configuration)
{
    /// <summary>The queue's name.</summary>
    public const string Queue = "preempt-events";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Adds one event to the queue.</summary>
    [Function(PreemptFunctions.PublishLifecycle)]
    public Task Publish([ActivityTrigger] LifecycleEvent happened, FunctionContext function) =>
        AppQueues.Of(configuration).AddAsync(Queue, BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(happened, Options)), function.CancellationToken);
}
