using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.DependencyInjection;
using EntityBatchRequest = Microsoft.DurableTask.Protobuf.EntityBatchRequest;

namespace Preempt.Embedded.Hosting;

/// <summary>
/// One invocation of a function. What few functions use (services, items, features, trace) is made when it is asked for.
/// </summary>
internal sealed class Invocation : FunctionContext, IKeyedServiceProvider
{
    /// <summary>Where the worker's <c>GetHttpContext</c> looks.</summary>
    private const string HttpContextKey = "HttpRequestContext";

    private readonly FunctionRunner _runner;
    private readonly CancellationToken _stopping;
    private CancellationTokenSource? _linked;
    private IServiceProvider? _services;
    private AsyncServiceScope? _scope;
    private string? _id;
    private IDictionary<object, object>? _items;
    private InvocationFeatures? _features;
    private InvocationTrace? _trace;
    private InvocationData? _data;
    private TaskEntityDispatcher? _dispatcher;

    public Invocation(FunctionRunner runner, object trigger, CancellationToken stopping)
    {
        _runner = runner;
        _stopping = stopping;
        Trigger = trigger;
        Http = trigger as HttpContext;
    }

    public FunctionRuntime Runtime => _runner.Runtime;

    public object Trigger { get; }

    public HttpContext? Http { get; }

    public object? Body { get; set; }

    public object? Result { get; private set; }

    /// <summary>Makes the entity from this invocation's services, which are not made unless it needs some.</summary>
    public TaskEntityDispatcher Dispatcher => _dispatcher ??= EntityDispatch.Create((EntityBatchRequest)Trigger, this);

    public override string InvocationId => _id ??= Guid.NewGuid().ToString();

    public override string FunctionId => _runner.Function.Name;

    public override TraceContext TraceContext => _trace ??= new();

    public override BindingContext BindingContext => _data ??= new(Trigger);

    public override RetryContext RetryContext => NoRetry.Instance;

    public override FunctionDefinition FunctionDefinition => _runner.Definition;

    public override IInvocationFeatures Features => _features ??= new();

    public override IServiceProvider InstanceServices
    {
        get => _services ??= Http?.RequestServices ?? NewScope();
        set => _services = value;
    }

    public override IDictionary<object, object> Items
    {
        get => _items ??= Http is null
            ? new Dictionary<object, object>()
            : new Dictionary<object, object> { [HttpContextKey] = Http };
        set => _items = value;
    }

    public override CancellationToken CancellationToken => Http is null
        ? _stopping
        : (_linked ??= CancellationTokenSource.CreateLinkedTokenSource(_stopping, Http.RequestAborted)).Token;

    /// <summary>The function itself, as the innermost part of the pipeline.</summary>
    public static Task ExecuteAsync(FunctionContext context) => context is Invocation invocation
        ? invocation.ExecuteAsync()
        : throw new InvalidOperationException("Middleware passed on another context than the one that it was given.");

    public ValueTask ReleaseAsync()
    {
        _linked?.Dispose();
        return _scope?.DisposeAsync() ?? default;
    }

    /// <summary>An entity asks for the SDK's factory, which the engine has: that needs no scope.</summary>
    object? IServiceProvider.GetService(Type serviceType) => serviceType == typeof(DurableTaskShimFactory)
        ? Runtime.Engine.Shims
        : InstanceServices.GetService(serviceType);

    object? IKeyedServiceProvider.GetKeyedService(Type serviceType, object? serviceKey) =>
        ((IKeyedServiceProvider)InstanceServices).GetKeyedService(serviceType, serviceKey);

    object IKeyedServiceProvider.GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        InstanceServices.GetRequiredKeyedService(serviceType, serviceKey);

    private async Task ExecuteAsync()
    {
        object? result = await _runner.CallAsync(this);
        Result = _dispatcher is null ? result : EntityDispatch.ResultOf(_dispatcher);
    }

    private IServiceProvider NewScope()
    {
        _scope = Runtime.Services.CreateAsyncScope();
        return _scope.Value.ServiceProvider;
    }
}
