using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Embedded.Hosting;

/// <summary>Runs one function: makes its class, binds its arguments, calls it within the app's middleware.</summary>
internal sealed class FunctionRunner
{
    /// <summary>How the classes of functions are made. To find out takes a while, and a test starts many hosts of one app.</summary>
    private static readonly ConcurrentDictionary<Type, ObjectFactory> Factories = new();

    private readonly MethodCall _call;
    private readonly ArgumentReader[] _arguments;
    private readonly ObjectFactory? _create;
    private readonly Type? _body;
    private readonly Lazy<DescribedFunction> _definition;

    public FunctionRunner(FunctionDescriptor function, FunctionRuntime runtime)
    {
        Function = function;
        Runtime = runtime;
        _call = new MethodCall(function.Method);
        _arguments = [.. function.Arguments.Select(argument => ArgumentReaders.For(argument, function.Kind))];
        _create = function.Method.IsStatic
            ? null
            : Factories.GetOrAdd(function.Method.DeclaringType!, static type => ActivatorUtilities.CreateFactory(type, Type.EmptyTypes));
        _definition = new(() => new DescribedFunction(function));
        _body = function.Arguments.FirstOrDefault(argument => argument.Source == ArgumentSource.Body)?.Parameter.ParameterType;
    }

    public FunctionDescriptor Function { get; }

    public FunctionRuntime Runtime { get; }

    public DescribedFunction Definition => _definition.Value;

    /// <summary>Runs the function once.</summary>
    /// <param name="trigger">
    /// What started it: an HttpContext, a TaskOrchestrationContext, an ActivityInvocation, an EntityBatchRequest, a QueueContent,
    /// or a TimerInfo.
    /// </param>
    /// <param name="stopping">Fires when the host stops.</param>
    /// <returns>What the function returned, or what its entity answered.</returns>
    public async Task<object?> RunAsync(object trigger, CancellationToken stopping)
    {
        Invocation invocation = new(this, trigger, stopping);
        try
        {
            await Runtime.Pipeline(invocation);
            return invocation.Result;
        }
        finally
        {
            ValueTask released = invocation.ReleaseAsync();

            // An orchestrator may await nothing but its context's tasks, and releasing services is no part of it.
            if (Function.Kind != TriggerKind.Orchestration) await released;
        }
    }

    /// <summary>The innermost part of an invocation.</summary>
    public async Task<object?> CallAsync(Invocation invocation)
    {
        if (_body is not null)
            invocation.Body = await ReadBodyAsync(invocation.Http!, _body, invocation.CancellationToken);

        object? target = _create?.Invoke(invocation, null);
        object?[] arguments = new object?[_arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = _arguments[i](invocation);
        return await _call.InvokeAsync(target, arguments);
    }

    /// <summary>
    /// Fails, as the isolated worker does, for a body that is not JSON: a function that wants to answer 400 reads it itself.
    /// </summary>
    private static async Task<object?> ReadBodyAsync(HttpContext http, Type type, CancellationToken cancellation)
    {
        if (!http.Request.HasJsonContentType())
            throw new InvalidOperationException($"The body is '{http.Request.ContentType}', and [FromBody] reads JSON.");
        return await JsonSerializer.DeserializeAsync(http.Request.Body, type, JsonSerializerOptions.Web, cancellation);
    }
}
