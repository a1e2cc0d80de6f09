using System.Globalization;
using Google.Protobuf;
using Microsoft.Azure.WebJobs;
using Newtonsoft.Json;
using Preempt.FunctionsHost.Protocol;

namespace Preempt.FunctionsHost.Invocations;

/// <summary>What the worker gets of a trigger.</summary>
internal static class TriggerValues
{
    /// <summary>The value of the trigger's parameter.</summary>
    public static TypedData OfTrigger(object? trigger) => trigger switch
    {
        // An activity without an input.
        null => new(),
        // The payload of a durable function is text that only the worker's part of the extension can read.
        string payload => new() { String = payload },
        byte[] message => new() { Bytes = ByteString.CopyFrom(message) },
        ParameterBindingData data => new()
        {
            ModelBindingData = new()
            {
                Version = data.Version,
                Source = data.Source,
                ContentType = data.ContentType,
                Content = ByteString.CopyFrom(data.Content),
            },
        },
        TimerInfo timer => new() { Json = JsonConvert.SerializeObject(timer) },
        HttpContext => new() { Http = new() },
        _ => throw new NotSupportedException($"A trigger gave a {trigger.GetType()}, which this host does not know."),
    };

    /// <summary>What the parameters of an HTTP function are bound to: the values of the route, and those of the query.</summary>
    public static IEnumerable<(string Name, TypedData Value)> OfRequest(HttpRequest request) =>
        request.Query.Select(parameter => (parameter.Key, new TypedData { String = parameter.Value.ToString() }))
            .Concat(request.RouteValues.Select(part => (part.Key, new TypedData { String = part.Value?.ToString() ?? "" })));

    /// <summary>What is known of a queue's message beside its content.</summary>
    public static IEnumerable<(string Name, TypedData Value)> OfMessage(object trigger, Binder binder) => trigger is not (ParameterBindingData or byte[]) ? [] :
        from entry in binder.BindingData
        let text = entry.Value switch
        {
            string value => value,
            DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
            long or int => Convert.ToString(entry.Value, CultureInfo.InvariantCulture),
            _ => null,
        }
        where text is not null
        select (entry.Key, new TypedData { String = text });
}
