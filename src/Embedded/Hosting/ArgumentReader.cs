using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Storage.Queues.Models;
using Microsoft.DurableTask;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting.Queues;

namespace Preempt.Embedded.Hosting;

/// <summary>The value of one parameter in one invocation.</summary>
internal delegate object? ArgumentReader(Invocation invocation);

/// <summary>Makes the readers of a function's parameters, once; they are called for every invocation.</summary>
internal static class ArgumentReaders
{
    /// <summary>Messages are written by others, who may write names in another case.</summary>
    private static readonly JsonSerializerOptions MessageOptions =
        new() { PropertyNameCaseInsensitive = true, TypeInfoResolver = JsonSerializerOptions.Default.TypeInfoResolver };

    public static ArgumentReader For(FunctionArgument argument, TriggerKind kind) => argument.Source switch
    {
        ArgumentSource.Trigger => Trigger(argument.Parameter.ParameterType, kind),
        ArgumentSource.Client => static invocation => invocation.Runtime.Engine.Client,
        ArgumentSource.Context => static invocation => invocation,
        ArgumentSource.Cancellation => static invocation => invocation.CancellationToken,
        ArgumentSource.Request => static invocation => invocation.Http!.Request,
        ArgumentSource.Body => static invocation => invocation.Body,
        ArgumentSource.Route => Route(argument.Parameter),
        ArgumentSource.OrchestrationInput => OrchestrationInput(argument.Parameter.ParameterType),
        _ => throw new ArgumentOutOfRangeException(nameof(argument), argument.Source, null),
    };

    private static ArgumentReader Trigger(Type type, TriggerKind kind) => kind switch
    {
        TriggerKind.Http => static invocation => invocation.Http!.Request,
        TriggerKind.Entity => static invocation => invocation.Dispatcher,
        TriggerKind.Activity when type == typeof(TaskActivityContext) =>
            static invocation => new ActivityContext((ActivityInvocation)invocation.Trigger),
        TriggerKind.Activity => ActivityInput(type),
        TriggerKind.Queue => Message(type),
        _ => static invocation => invocation.Trigger,
    };

    private static ArgumentReader ActivityInput(Type type)
    {
        object? missing = type.IsValueType ? Activator.CreateInstance(type) : null;
        return invocation => invocation.Runtime.Engine.Json.Deserialize(((ActivityInvocation)invocation.Trigger).Input, type) ?? missing;
    }

    private static ArgumentReader Message(Type type)
    {
        if (type == typeof(string)) return static invocation => ((QueueContent)invocation.Trigger).Text;
        if (type == typeof(byte[])) return static invocation => ((QueueContent)invocation.Trigger).Bytes;
        if (type == typeof(BinaryData)) return static invocation => ((QueueContent)invocation.Trigger).Message.Body;
        if (type == typeof(QueueMessage)) return static invocation => ((QueueContent)invocation.Trigger).Message;
        JsonTypeInfo shape = MessageOptions.GetTypeInfo(type);
        return invocation => JsonSerializer.Deserialize(((QueueContent)invocation.Trigger).Text, shape);
    }

    private static ArgumentReader OrchestrationInput(Type type)
    {
        Func<TaskOrchestrationContext, object?> read = typeof(ArgumentReaders)
            .GetMethod(nameof(ReadInput), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type)
            .CreateDelegate<Func<TaskOrchestrationContext, object?>>();
        return invocation => read((TaskOrchestrationContext)invocation.Trigger);
    }

    private static object? ReadInput<T>(TaskOrchestrationContext context) => context.GetInput<T>();

    private static ArgumentReader Route(ParameterInfo parameter)
    {
        string name = parameter.Name!;
        object? missing = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        if (parameter.ParameterType == typeof(string))
            return invocation => invocation.Http!.Request.RouteValues[name] ?? missing;
        TypeConverter converter = TypeDescriptor.GetConverter(parameter.ParameterType);
        return invocation => invocation.Http!.Request.RouteValues[name] is string text
            ? converter.ConvertFromInvariantString(text)
            : missing;
    }

    private sealed class ActivityContext(ActivityInvocation activity) : TaskActivityContext
    {
        public override TaskName Name => activity.Name;

        public override string InstanceId => activity.InstanceId;
    }
}
