using System.Collections;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Preempt.Embedded.Hosting.Queues;

namespace Preempt.Embedded.Hosting;

/// <summary>The features of an invocation, by type.</summary>
internal sealed class InvocationFeatures : IInvocationFeatures
{
    private readonly Dictionary<Type, object> _features = [];

    public void Set<T>(T instance)
    {
        if (instance is null) _features.Remove(typeof(T));
        else _features[typeof(T)] = instance;
    }

    public T? Get<T>() => _features.TryGetValue(typeof(T), out object? feature) ? (T)feature : default;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>The trace that was current when the invocation was first asked for it.</summary>
internal sealed class InvocationTrace : TraceContext
{
    private readonly Activity? _activity = Activity.Current;

    public override string TraceParent => _activity?.Id ?? string.Empty;

    public override string TraceState => _activity?.TraceStateString ?? string.Empty;
}

/// <summary>What is known beside the trigger: the values of the route for an HTTP function, and of a queue's message its id and its times.</summary>
internal sealed class InvocationData(object trigger) : BindingContext
{
    public override IReadOnlyDictionary<string, object?> BindingData { get; } = new Dictionary<string, object?>(
        trigger switch
        {
            HttpContext http => http.Request.RouteValues,
            QueueContent { Message: var message } => new Dictionary<string, object?>
            {
                ["Id"] = message.MessageId,
                ["PopReceipt"] = message.PopReceipt,
                ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
                ["InsertionTime"] = message.InsertedOn?.ToString("O", CultureInfo.InvariantCulture),
                ["ExpirationTime"] = message.ExpiresOn?.ToString("O", CultureInfo.InvariantCulture),
                ["NextVisibleTime"] = message.NextVisibleOn?.ToString("O", CultureInfo.InvariantCulture),
            },
            _ => [],
        },
        StringComparer.OrdinalIgnoreCase);
}

/// <summary>This host does not retry functions.</summary>
internal sealed class NoRetry : RetryContext
{
    public static readonly NoRetry Instance = new();

    public override int RetryCount => 0;

    public override int MaxRetryCount => 0;
}
