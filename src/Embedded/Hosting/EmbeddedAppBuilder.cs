using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Hosting;

/// <summary>Builds a function app that is its own host.</summary>
/// <param name="args">The arguments of the command line.</param>
/// <param name="types">The types that may define functions; by default those of the entry assembly and of what it references.</param>
internal sealed class EmbeddedAppBuilder(string[] args, Func<IEnumerable<Type>>? types = null) : IFunctionAppBuilder
{
    private readonly WebApplicationBuilder _web = EmbeddedApp.CreateBuilder(args);
    private readonly FunctionMiddleware _middleware = new();
    private readonly Func<IEnumerable<Type>> _types = types ?? EmbeddedApp.EntryTypes;

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    public IConfigurationManager Configuration => _web.Configuration;

    public IHostEnvironment Environment => _web.Environment;

    public ILoggingBuilder Logging => _web.Logging;

    public IMetricsBuilder Metrics => _web.Metrics;

    public IServiceCollection Services => _web.Services;

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        _middleware.Add(middleware);
        return this;
    }

    public WebApplication Build() => EmbeddedApp.Build(_web, _types(), _middleware);
}
