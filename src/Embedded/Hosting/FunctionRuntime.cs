using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Hosting;

/// <summary>What all functions of an app share.</summary>
internal sealed class FunctionRuntime
{
    private readonly Lazy<DurableEngine> _engine;

    public FunctionRuntime(IServiceProvider services, Func<DurableEngine> engine)
    {
        Services = services;
        _engine = new Lazy<DurableEngine>(engine);
        Stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        Pipeline = services.GetService<FunctionMiddleware>()?.Build(Invocation.ExecuteAsync) ?? Invocation.ExecuteAsync;
    }

    public IServiceProvider Services { get; }

    /// <summary>The engine that runs them. It is made after this.</summary>
    public DurableEngine Engine => _engine.Value;

    /// <summary>Fires when the host is told to stop.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>The app's middleware around the function itself.</summary>
    public FunctionExecutionDelegate Pipeline { get; }
}

/// <summary>The middleware that the app has added, the outermost first.</summary>
internal sealed class FunctionMiddleware
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _added = [];

    public void Add(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware) => _added.Add(middleware);

    public FunctionExecutionDelegate Build(FunctionExecutionDelegate innermost) =>
        _added.AsEnumerable().Reverse().Aggregate(innermost, (next, middleware) => middleware(next));
}
