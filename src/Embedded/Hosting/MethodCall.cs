using System.Reflection;

namespace Preempt.Embedded.Hosting;

/// <summary>A method that can be called with little cost: what it returns, awaited, comes back as an object.</summary>
internal sealed class MethodCall
{
    private readonly MethodInvoker _invoker;
    private readonly ReturnedValue _returned;

    public MethodCall(MethodInfo method)
    {
        _invoker = MethodInvoker.Create(method);
        _returned = ReturnedValue.Of(method.ReturnType);
    }

    /// <summary>Calls the method. What it throws before its first await is thrown from here.</summary>
    public ValueTask<object?> InvokeAsync(object? target, Span<object?> arguments) =>
        _returned.Unwrap(_invoker.Invoke(target, arguments));
}

/// <summary>How the value that a method returned becomes its result.</summary>
internal abstract class ReturnedValue
{
    public static ReturnedValue Of(Type returnType)
    {
        if (returnType == typeof(void)) return new Nothing();
        if (returnType == typeof(Task)) return new OfTask();
        if (returnType == typeof(ValueTask)) return new OfValueTask();
        if (GenericResult(returnType, typeof(Task<>)) is { } taskResult) return Make(typeof(OfTask<>), taskResult);
        if (GenericResult(returnType, typeof(ValueTask<>)) is { } valueTaskResult) return Make(typeof(OfValueTask<>), valueTaskResult);
        return new Plain();
    }

    /// <summary>The type of the result of a method that returns <paramref name="returnType"/>.</summary>
    public static Type ResultType(Type returnType) =>
        GenericResult(returnType, typeof(Task<>)) ?? GenericResult(returnType, typeof(ValueTask<>)) ?? returnType;

    public abstract ValueTask<object?> Unwrap(object? returned);

    private static Type? GenericResult(Type type, Type definition) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == definition ? type.GetGenericArguments()[0] : null;

    private static ReturnedValue Make(Type definition, Type result) =>
        (ReturnedValue)Activator.CreateInstance(definition.MakeGenericType(result))!;

    private sealed class Nothing : ReturnedValue
    {
        public override ValueTask<object?> Unwrap(object? returned) => default;
    }

    private sealed class Plain : ReturnedValue
    {
        public override ValueTask<object?> Unwrap(object? returned) => new(returned);
    }

    private sealed class OfTask : ReturnedValue
    {
        public override async ValueTask<object?> Unwrap(object? returned)
        {
            await (Task)returned!;
            return null;
        }
    }

    private sealed class OfTask<T> : ReturnedValue
    {
        public override async ValueTask<object?> Unwrap(object? returned) => await (Task<T>)returned!;
    }

    private sealed class OfValueTask : ReturnedValue
    {
        public override async ValueTask<object?> Unwrap(object? returned)
        {
            await (ValueTask)returned!;
            return null;
        }
    }

    private sealed class OfValueTask<T> : ReturnedValue
    {
        public override async ValueTask<object?> Unwrap(object? returned) => await (ValueTask<T>)returned!;
    }
}
