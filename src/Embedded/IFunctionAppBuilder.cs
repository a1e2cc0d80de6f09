using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Preempt.Embedded;

/// <summary>
/// The builder of an app, for both hosts. Extensions of <see cref="IHostApplicationBuilder"/> and of
/// <see cref="IFunctionsWorkerApplicationBuilder"/> can be used on it.
/// </summary>
public interface IFunctionAppBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    /// <summary>The app's services.</summary>
    new IServiceCollection Services { get; }
}
