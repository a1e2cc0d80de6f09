using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Hosting;

/// <summary>Serves the HTTP functions of an app.</summary>
internal static class HttpFunctions
{
    /// <summary>Maps each HTTP function to its route, below the prefix.</summary>
    public static void Map(
        WebApplication app,
        string routePrefix,
        IEnumerable<FunctionDescriptor> functions,
        AccessKeys keys,
        FunctionRuntime runtime,
        ILogger logger)
    {
        // The platform answers 404 where ASP.NET Core would answer 405; the router's endpoint for that has no metadata.
        app.Use((http, next) =>
        {
            if (http.GetEndpoint() is not { Metadata.Count: 0 }) return next(http);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

        foreach (FunctionDescriptor function in functions.Where(function => function.Kind == TriggerKind.Http))
        {
            HttpTriggerAttribute trigger = (HttpTriggerAttribute)function.Trigger;
            string route = $"/{routePrefix}/{function.Route!.Template}".Replace("//", "/", StringComparison.Ordinal);
            FunctionRunner runner = new(function, runtime);
            AuthorizationLevel level = function.AuthLevel;
            RequestDelegate serve = http => keys.ServeAsync(http, level, () => ServeAsync(runner, http, logger));
            IEndpointConventionBuilder endpoint =
                trigger.Methods is { Length: > 0 } methods ? app.MapMethods(route, methods, serve) : app.Map(route, serve);
            endpoint.WithDisplayName(function.Name).WithMetadata(function);
        }
    }

    private static async Task ServeAsync(FunctionRunner runner, HttpContext http, ILogger logger)
    {
        try
        {
            object? result = await runner.RunAsync(http, runner.Runtime.Stopping);
            if (!http.RequestAborted.IsCancellationRequested)
                await HttpResult.WriteAsync(http, result);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            logger.LogDebug("Function '{Function}': the caller has gone", runner.Function.Name);
        }
#pragma warning disable CA1031 // Whatever a function throws, its caller gets an answer that gives nothing away.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "Function '{Function}' failed", runner.Function.Name);
            await HttpResult.WriteFailureAsync(http);
        }
    }
}
