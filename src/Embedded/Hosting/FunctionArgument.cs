using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Hosting;

/// <summary>Where the value of a parameter comes from.</summary>
internal enum ArgumentSource
{
    Trigger,
    Client,
    Context,
    Cancellation,
    Request,
    Body,
    Route,
    OrchestrationInput,
}

/// <summary>A parameter of a function, and where its value comes from.</summary>
internal sealed record FunctionArgument(ParameterInfo Parameter, ArgumentSource Source)
{
    /// <summary>Finds the source of a parameter.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static FunctionArgument For(ParameterInfo parameter, TriggerKind kind, TriggerBindingAttribute trigger)
    {
        if (parameter.ParameterType.IsByRef)
            throw NotSupported(parameter, "is passed by reference");
        if (parameter.IsDefined(typeof(TriggerBindingAttribute)))
            return Triggered(parameter, kind);
        return new(parameter, SourceOf(parameter, kind, trigger));
    }

    private static FunctionArgument Triggered(ParameterInfo parameter, TriggerKind kind)
    {
        Type? needed = kind switch
        {
            TriggerKind.Http => typeof(HttpRequest),
            TriggerKind.Orchestration => typeof(TaskOrchestrationContext),
            TriggerKind.Entity => typeof(TaskEntityDispatcher),
            TriggerKind.Timer => typeof(TimerInfo),
            _ => null,
        };
        if (needed is not null && parameter.ParameterType != needed)
            throw NotSupported(parameter, $"has a {kind} trigger, and so must be a {needed.Name}");
        return new(parameter, ArgumentSource.Trigger);
    }

    private static ArgumentSource SourceOf(ParameterInfo parameter, TriggerKind kind, TriggerBindingAttribute trigger)
    {
        Type type = parameter.ParameterType;
        if (parameter.IsDefined(typeof(DurableClientAttribute)))
        {
            return type == typeof(DurableTaskClient)
                ? ArgumentSource.Client
                : throw NotSupported(parameter, $"has [DurableClient], and so must be a {nameof(DurableTaskClient)}");
        }

        if (type == typeof(FunctionContext)) return ArgumentSource.Context;
        if (type == typeof(CancellationToken)) return ArgumentSource.Cancellation;
        if (kind == TriggerKind.Orchestration) return ArgumentSource.OrchestrationInput;
        if (kind == TriggerKind.Http) return HttpSourceOf(parameter, (HttpTriggerAttribute)trigger);
        throw NotSupported(parameter, "is neither a trigger, a client, a FunctionContext nor a CancellationToken");
    }

    private static ArgumentSource HttpSourceOf(ParameterInfo parameter, HttpTriggerAttribute trigger)
    {
        if (parameter.ParameterType == typeof(HttpRequest)) return ArgumentSource.Request;
        if (parameter.IsDefined(typeof(FromBodyAttribute))) return ArgumentSource.Body;
        if (!IsInRoute(parameter.Name!, trigger.Route))
            throw NotSupported(parameter, $"is not in the route '{trigger.Route}', nor anything else that an HTTP function can take");
        if (!TypeDescriptor.GetConverter(parameter.ParameterType).CanConvertFrom(typeof(string)))
            throw NotSupported(parameter, "comes from the route, and its type cannot be read from text");
        return ArgumentSource.Route;
    }

    private static bool IsInRoute(string name, string? route) =>
        route is not null && RoutePatternFactory.Parse(route).GetParameter(name) is not null;

    private static NotSupportedException NotSupported(ParameterInfo parameter, string reason) =>
        new($"parameter '{parameter.ParameterType} {parameter.Name}' {reason}");
}
