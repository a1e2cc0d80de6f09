using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Entities;

namespace Preempt.Functions.Tests.Platform;

/// <summary>The types that the engine writes and reads: inputs and outputs of functions, states of entities, payloads of events.</summary>
internal static class CrossingTypes
{
    /// <summary>Inputs and outputs of orchestrations and activities, and payloads of events, that no function's signature tells.</summary>
    private static readonly Type[] Untold =
    [
        typeof(RunRequest), typeof(RunMessage), typeof(RunRecord), typeof(RunOutcome), typeof(GateHandOff), typeof(IdempotencyClaim), typeof(ChildStart),
        typeof(ForcedEnd), typeof(FindEndedRequest), typeof(StepCall), typeof(StepOutcome), typeof(StopNotice), typeof(ModePage), typeof(ModePageResult),
        typeof(ModeProgress), typeof(BulkState), typeof(BulkProgress), typeof(RunFilter), typeof(BulkSearch), typeof(BulkCount), typeof(BulkPage), typeof(BulkTask),
        typeof(BulkResult), typeof(CleanUpPage), typeof(CleanUpResult), typeof(GateState), typeof(EnterRequest), typeof(GateReply), typeof(LeaveRequest),
        typeof(ImmutableArray<GateAdmission>),
    ];

    /// <summary>Every type that is a value of its own somewhere.</summary>
    public static IReadOnlyList<Type> TopLevel { get; } =
    [
        .. Untold.Concat(OfFunctions()).Concat(OfEntities()).Where(type => type != typeof(void) && type != typeof(object)).Distinct().OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>Those, and all that they hold.</summary>
    public static IReadOnlyList<Type> All { get; } = [.. Closure(TopLevel).OrderBy(type => type.FullName, StringComparer.Ordinal)];

    private static IEnumerable<Type> OfFunctions()
    {
        IEnumerable<MethodInfo> functions = new[] { typeof(PreemptFunctions), typeof(Queues.EventFunctions) }
            .SelectMany(type => type.Assembly.GetTypes()).SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null);
        foreach (MethodInfo function in functions)
        {
            ParameterInfo[] parameters = function.GetParameters();
            ParameterInfo? activity = Array.Find(parameters, parameter => parameter.GetCustomAttribute<ActivityTriggerAttribute>() is not null);
            if (activity is not null && activity.ParameterType != typeof(JsonElement))
                yield return activity.ParameterType;
            if (activity is not null || Array.Exists(parameters, parameter => parameter.GetCustomAttribute<OrchestrationTriggerAttribute>() is not null))
                yield return Unwrap(function.ReturnType);
        }
    }

    private static IEnumerable<Type> OfEntities()
    {
        foreach (Type entity in typeof(RunRequest).Assembly.GetTypes().Where(type => StateOf(type) is not null))
        {
            yield return StateOf(entity)!;
            foreach (MethodInfo operation in entity.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                yield return Unwrap(operation.ReturnType);
                foreach (ParameterInfo parameter in operation.GetParameters())
                    yield return parameter.ParameterType;
            }
        }
    }

    private static Type? StateOf(Type type) =>
        type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(TaskEntity<>) ? parent.GetGenericArguments()[0] : null;

    private static Type Unwrap(Type type) => type switch
    {
        _ when type == typeof(Task) => typeof(void),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(Task<>) => type.GetGenericArguments()[0],
        _ => type,
    };

    private static HashSet<Type> Closure(IEnumerable<Type> roots)
    {
        HashSet<Type> seen = [];
        Stack<Type> open = new(roots);
        while (open.TryPop(out Type? type))
        {
            if (!seen.Add(type))
                continue;
            foreach (Type argument in type.GetGenericArguments())
                open.Push(argument);
            if (type.Namespace?.StartsWith("Preempt", StringComparison.Ordinal) != true || Samples.HasOwnText(type))
                continue;
            foreach (PropertyInfo property in Samples.Properties(type))
                open.Push(property.PropertyType);
        }

        return seen;
    }
}
