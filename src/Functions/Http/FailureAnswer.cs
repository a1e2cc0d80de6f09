using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Preempt.Functions.Http;

/// <summary>Answers a request that the app failed to handle, and logs why.</summary>
internal sealed class FailureAnswer(Exception exception) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        ILogger logger = context.HttpContext.RequestServices.GetRequiredService<ILogger<FailureAnswer>>();
        logger.LogError(exception, "{Method} {Path} failed", context.HttpContext.Request.Method, context.HttpContext.Request.Path.Value);
        return Problem.Internal.ToAnswer().ExecuteResultAsync(context);
    }
}
