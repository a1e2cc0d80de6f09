using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Preempt.Embedded;

/// <summary>
/// Takes an app's services and middleware, whichever host runs it: what extends <see cref="IHostApplicationBuilder"/> and what extends
/// <see cref="IFunctionsWorkerApplicationBuilder"/> both fit.
/// </summary>
public interface IFunctionAppBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    /// <summary>The app's services.</summary>
    new IServiceCollection Services { get; }
}
