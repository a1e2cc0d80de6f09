using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Hosting;

/// <summary>The builder of an isolated worker.</summary>
internal sealed class WorkerAppBuilder(FunctionsApplicationBuilder worker) : IFunctionAppBuilder
{
    public IDictionary<object, object> Properties => worker.Properties;

    public IConfigurationManager Configuration => worker.Configuration;

    public IHostEnvironment Environment => worker.Environment;

    public ILoggingBuilder Logging => worker.Logging;

    public IMetricsBuilder Metrics => worker.Metrics;

    public IServiceCollection Services => worker.Services;

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => worker.ConfigureContainer(factory, configure);

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware) =>
        worker.Use(middleware);
}
