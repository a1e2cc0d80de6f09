using System.Text.Json.Nodes;
using Microsoft.Azure.WebJobs;
using Preempt.FunctionsHost.Jobs;
using Preempt.FunctionsHost.Worker;

namespace Preempt.FunctionsHost.Http;

/// <summary>The routes of the app's HTTP functions.</summary>
internal static class HttpFunctions
{
    /// <summary>Maps them.</summary>
    /// <param name="jobs">The services of the WebJobs host, when it runs: requests wait for it.</param>
    /// <exception cref="InvalidOperationException">A route is one that a Functions host keeps for itself.</exception>
    public static void Map(WebApplication web, IEnumerable<WorkerFunction> functions, string prefix, AccessKeys keys, Task<IServiceProvider> jobs)
    {
        // A Functions host answers 404 where ASP.NET Core would answer 405; the router's endpoint for that has no metadata.
        web.Use((http, next) =>
        {
            if (http.GetEndpoint() is not { Metadata.Count: 0 })
                return next(http);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

        ILogger logger = web.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Host.Http");
        foreach (WorkerFunction function in functions.Where(function => function.Trigger.Type == "httpTrigger"))
        {
            string route = function.Trigger["route"] ?? function.Name;
            if (route.Split('/')[0].ToLowerInvariant() is "admin" or "runtime")
                throw new InvalidOperationException($"The route of the function {function.Name} is \"{route}\": a route must not begin with admin or runtime.");
            string level = function.Trigger["authLevel"] ?? "Function";
            string[] methods = [.. (function.Trigger.Settings["methods"] as JsonArray ?? []).Select(method => ((string)method!).ToUpperInvariant())];
            string pattern = $"{prefix}/{route}".TrimStart('/');
            Delegate handle = (HttpContext http) => AnswerAsync(http, function);
            if (methods.Length == 0)
                web.Map(pattern, handle);
            else
                web.MapMethods(pattern, methods, handle);

            async Task AnswerAsync(HttpContext http, WorkerFunction called)
            {
                if (!keys.Allow(http.Request, level))
                {
                    http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                    return;
                }

                try
                {
                    await (await jobs).GetRequiredService<IJobHost>().CallAsync(called.Name, new Dictionary<string, object> { [EmittedFunctions.HttpTriggerParameter] = http });
                }
                catch (Exception exception)
                {
                    logger.HttpFunctionFailed(exception, called.Name);
                    if (!http.Response.HasStarted)
                        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                }
            }
        }
    }
}
