using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Preempt.Embedded.Hosting;

namespace Preempt.Embedded;

/// <summary>
/// Runs a function app. The same build runs under two hosts: started by a Functions host, it is that host's isolated worker;
/// started alone, it is its own host, in process.
/// </summary>
/// <example>
/// <code>
/// await FunctionApp.RunAsync(args, app => app.Services.AddPreempt(app.Configuration));
/// </code>
/// </example>
public static class FunctionApp
{
    private const string HostAddressSetting = "Functions__Worker__HostEndpoint";
    private const string HostArgumentPrefix = "--functions-";

    /// <summary>Runs the app until it is told to stop.</summary>
    /// <param name="args">The arguments of the command line.</param>
    /// <param name="configure">Adds services and middleware, for both hosts.</param>
    /// <returns>
    /// A task that completes when the app has stopped. If the port is taken, or the store cannot be used, it completes at once, with exit code 1 and a
    /// line on the standard error.
    /// </returns>
    /// <exception cref="InvalidOperationException">A function, or a setting, is not valid; the message names each.</exception>
    public static async Task RunAsync(string[] args, Action<IFunctionAppBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (AppRegistration.TryTake(configure))
            return;
        if (IsWorker(args))
        {
            using IHost worker = BuildWorker(args, configure);
            await worker.RunAsync();
            return;
        }

        using WebApplication alone = BuildAlone(args, configure);
        if ((TakenPort.Find(alone.Configuration) ?? UnusableStore.Find(alone.Services)) is { } obstacle)
        {
            await Console.Error.WriteLineAsync(obstacle);
            Environment.ExitCode = 1;
            return;
        }

        await ((IHost)alone).RunAsync();
    }

    /// <summary>Whether a Functions host started this process: it says where it listens.</summary>
    private static bool IsWorker(string[] args) =>
        Array.Exists(args, argument => argument.StartsWith(HostArgumentPrefix, StringComparison.OrdinalIgnoreCase))
        || Environment.GetEnvironmentVariable(HostAddressSetting) is { Length: > 0 };

    private static IHost BuildWorker(string[] args, Action<IFunctionAppBuilder>? configure)
    {
        FunctionsApplicationBuilder worker = FunctionsApplication.CreateBuilder(args);
        worker.ConfigureFunctionsWebApplication();
        configure?.Invoke(new WorkerAppBuilder(worker));
        return worker.Build();
    }

    private static WebApplication BuildAlone(string[] args, Action<IFunctionAppBuilder>? configure)
    {
        EmbeddedAppBuilder builder = new(args);
        configure?.Invoke(builder);
        return builder.Build();
    }
}
