using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Worker;

namespace Preempt.Embedded.Hosting;

/// <summary>
/// Makes the dispatcher that an entity function takes, and reads what it came to. Only the worker extension is meant to do this: the
/// constructor and the result are internal to it. Both cross as the Functions host sends them: protobuf in base64.
/// </summary>
internal static class EntityDispatch
{
    /// <summary>A dispatcher for a batch of operations.</summary>
    /// <param name="batch">The operations, and the entity's state.</param>
    /// <param name="services">What the entity is made from.</param>
    public static TaskEntityDispatcher Create(EntityBatchRequest batch, IServiceProvider services) =>
        New(Convert.ToBase64String(batch.ToByteArray()), services, null);

    /// <summary>What the entity's operations came to; fails where the function dispatched nothing.</summary>
    /// <exception cref="InvalidOperationException">The function has not called <c>DispatchAsync</c>.</exception>
    public static EntityBatchResult ResultOf(TaskEntityDispatcher dispatcher) => GetResult(dispatcher) is { Length: > 0 } result
        ? EntityBatchResult.Parser.ParseFrom(Convert.FromBase64String(result))
        : throw new InvalidOperationException("The entity function returned without calling DispatchAsync.");

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TaskEntityDispatcher New(string request, IServiceProvider services, ExtendedSessionsCache? sessions);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Result")]
    private static extern string GetResult(TaskEntityDispatcher dispatcher);
}
