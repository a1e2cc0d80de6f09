using System.Text.Json;

namespace Preempt;

/// <summary>What all steps have in common; derive from <see cref="Step{TInput, TOutput}"/>.</summary>
public abstract class Step
{
    private protected Step()
    {
    }

    internal abstract Task<JsonElement?> InvokeAsync(StepContext step, JsonElement? input);
}

/// <summary>A step that returns a <typeparamref name="TOutput"/>; lets the compiler check what a call expects.</summary>
/// <typeparam name="TOutput">What it returns.</typeparam>
public interface IStepReturning<out TOutput>;

/// <summary>
/// One activity of a workflow: ordinary code, run at least once, that may do anything. It is made by dependency injection for
/// each call, and should observe <see cref="StepContext.CancellationToken"/>.
/// </summary>
/// <typeparam name="TInput">What a call passes; JSON.</typeparam>
/// <typeparam name="TOutput">What it returns; JSON.</typeparam>
public abstract class Step<TInput, TOutput> : Step, IStepReturning<TOutput>
{
    /// <summary>The work.</summary>
    /// <param name="step">The call: its token, its stop reason, its fencing token, its progress.</param>
    /// <param name="input">What the workflow passed.</param>
    /// <returns>What the workflow gets.</returns>
    public abstract Task<TOutput> RunAsync(StepContext step, TInput input);

    internal sealed override async Task<JsonElement?> InvokeAsync(StepContext step, JsonElement? input) =>
        Payload.ToJson(await RunAsync(step, Payload.Read<TInput>(input)));
}
