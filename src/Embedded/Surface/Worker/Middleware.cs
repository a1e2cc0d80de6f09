namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>The rest of an invocation.</summary>
/// <param name="context">The invocation.</param>
public delegate Task FunctionExecutionDelegate(FunctionContext context);

/// <summary>Code around every invocation.</summary>
public interface IFunctionsWorkerMiddleware
{
    /// <summary>Runs around an invocation.</summary>
    /// <param name="context">The invocation.</param>
    /// <param name="next">The rest of it.</param>
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
