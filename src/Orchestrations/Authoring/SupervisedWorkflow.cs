using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace Preempt;

/// <summary>A supervised orchestrator's code in the place of a workflow's: what it returns and throws is kept as it is.</summary>
internal sealed class SupervisedWorkflow<TOutput>(Func<RunContext, Task<TOutput>> code) : Workflow
{
    /// <summary>What the code returned.</summary>
    public TOutput? Output { get; private set; }

    /// <summary>What it threw.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    internal override string? Check(JsonElement? input) => null;

    internal override async Task<JsonElement?> InvokeAsync(RunContext run, JsonElement? input)
    {
        try
        {
            Output = await code(run);
            return null;
        }
        catch (Exception exception)
        {
            Failure = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }
}
