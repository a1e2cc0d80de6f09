using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Preempt.Embedded;
using Preempt.Embedded.Hosting;

namespace Preempt.Testing;

/// <summary>Takes what an app adds, for a test host.</summary>
/// <param name="app">The name of the app's assembly.</param>
/// <param name="settings">The app's settings: there are no others.</param>
internal sealed class TestAppBuilder(string app, IDictionary<string, string?> settings) : IFunctionAppBuilder
{
    private readonly HostApplicationBuilder _host = NewHost(app, settings);

    /// <summary>The app's middleware.</summary>
    public FunctionMiddleware Middleware { get; } = new();

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_host).Properties;

    public IConfigurationManager Configuration => _host.Configuration;

    public IHostEnvironment Environment => _host.Environment;

    public ILoggingBuilder Logging => _host.Logging;

    public IMetricsBuilder Metrics => _host.Metrics;

    public IServiceCollection Services => _host.Services;

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull =>
        throw new NotSupportedException("A test host makes the app's services with the container of Microsoft.Extensions.DependencyInjection.");

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        Middleware.Add(middleware);
        return this;
    }

    private static HostApplicationBuilder NewHost(string app, IDictionary<string, string?> settings)
    {
        HostApplicationBuilder host = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            ApplicationName = app,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Development,
        });
        host.Configuration.AddInMemoryCollection(settings);
        return host;
    }
}
