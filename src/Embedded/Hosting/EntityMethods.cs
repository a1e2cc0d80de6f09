using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using Microsoft.DurableTask.Entities;

namespace Preempt.Embedded.Hosting;

/// <summary>The operations of a type: its public methods, by name. Found once for each type.</summary>
internal sealed class EntityMethods
{
    private static readonly ConcurrentDictionary<Type, EntityMethods> Known = new();
    private readonly FrozenDictionary<string, EntityMethod[]> _methods;

    private EntityMethods(Type type) => _methods = type
        .GetMethods(BindingFlags.Public | BindingFlags.Instance)
        .Where(IsOperation)
        .GroupBy(method => method.Name, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(
            group => group.Key,
            group => group.Select(method => new EntityMethod(method)).ToArray(),
            StringComparer.OrdinalIgnoreCase);

    public static EntityMethods Of(Type type) => Known.GetOrAdd(type, static type => new(type));

    /// <exception cref="AmbiguousMatchException">Several methods have the name.</exception>
    public EntityMethod? Find(string operation) => _methods.GetValueOrDefault(operation) switch
    {
        null => null,
        [EntityMethod method] => method,
        { } overloads => throw new AmbiguousMatchException(
            $"Operation '{operation}' is ambiguous: {overloads.Length} methods of {overloads[0].DeclaringType} have that name."),
    };

    private static bool IsOperation(MethodInfo method) =>
        !method.IsSpecialName
        && !method.IsGenericMethodDefinition
        && method.GetBaseDefinition().DeclaringType is { } declaring
        && declaring != typeof(object)
        && !(declaring.IsGenericType && declaring.GetGenericTypeDefinition() == typeof(TaskEntity<>));
}

/// <summary>One operation, and how its parameters are bound.</summary>
internal sealed class EntityMethod
{
    private readonly MethodInfo _method;
    private readonly ParameterInfo[] _parameters;
    private readonly Lazy<MethodCall> _call;

    public EntityMethod(MethodInfo method)
    {
        _method = method;
        _parameters = method.GetParameters();
        _call = new(() => new MethodCall(Checked()));
    }

    public Type? DeclaringType => _method.DeclaringType;

    /// <exception cref="InvalidOperationException">The parameters cannot be bound.</exception>
    public ValueTask<object?> InvokeAsync(object target, TaskEntityOperation operation)
    {
        MethodCall call = _call.Value;
        object?[] arguments = _parameters.Length == 0 ? [] : new object?[_parameters.Length];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = Bind(_parameters[i], operation);
        return call.InvokeAsync(target, arguments);
    }

    private static bool IsInput(ParameterInfo parameter) =>
        parameter.ParameterType != typeof(TaskEntityContext) && parameter.ParameterType != typeof(TaskEntityOperation);

    private MethodInfo Checked() => _parameters.Count(IsInput) <= 1
        ? _method
        : throw new InvalidOperationException(
            $"Operation '{_method.Name}' of {DeclaringType} takes several inputs; an operation has at most one.");

    private object? Bind(ParameterInfo parameter, TaskEntityOperation operation)
    {
        if (parameter.ParameterType == typeof(TaskEntityContext)) return operation.Context;
        if (parameter.ParameterType == typeof(TaskEntityOperation)) return operation;
        if (operation.HasInput) return operation.GetInput(parameter.ParameterType);
        if (parameter.HasDefaultValue) return parameter.DefaultValue;
        throw new InvalidOperationException(
            $"Operation '{_method.Name}' of {DeclaringType} needs an input ({parameter.ParameterType} {parameter.Name}), and got none.");
    }
}
