using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;

namespace Preempt.Embedded.Hosting;

/// <summary>Writes what an HTTP function returned.</summary>
internal static class HttpResult
{
    public static Task WriteAsync(HttpContext http, object? result) => result switch
    {
        null => Task.CompletedTask,
        IActionResult action => action.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor())),
        IResult response => response.ExecuteAsync(http),
        string text => Results.Text(text).ExecuteAsync(http),
        _ => http.Response.WriteAsJsonAsync(result, result.GetType(), http.RequestAborted),
    };

    /// <summary>An answer that says that the function failed, and nothing of why.</summary>
    public static Task WriteFailureAsync(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Clear();
        return Results.Problem(statusCode: StatusCodes.Status500InternalServerError).ExecuteAsync(http);
    }
}
