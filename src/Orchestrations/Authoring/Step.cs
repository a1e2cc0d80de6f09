using System.Text.Json;

namespace Preempt;

/// <summary>The base of all steps; derive from <see cref="Step{TInput, TOutput}"/>.</summary>
public abstract class Step
{
    private protected Step()
    {
    }

    internal abstract Task<JsonElement?> InvokeAsync(StepContext step, JsonElement? input);
}

/// <summary>A step that returns a <typeparamref name="TOutput"/>, so that the compiler can check a call.</summary>
/// <typeparam name="TOutput">The output.</typeparam>
public interface IStepReturning<out TOutput>;

/// <summary>
/// One activity of a workflow: ordinary code, which may do anything and runs at least once. Dependency injection creates it for
/// each attempt. It should observe <see cref="StepContext.CancellationToken"/>.
/// </summary>
/// <typeparam name="TInput">The input; JSON.</typeparam>
/// <typeparam name="TOutput">The output; JSON.</typeparam>
public abstract class Step<TInput, TOutput> : Step, IStepReturning<TOutput>
{
    /// <summary>The work.</summary>
    /// <param name="step">The call: its token, its stop reason, its fencing token, its progress.</param>
    /// <param name="input">The input that the workflow passed.</param>
    /// <returns>The output, which the workflow gets.</returns>
    public abstract Task<TOutput> RunAsync(StepContext step, TInput input);

    internal sealed override async Task<JsonElement?> InvokeAsync(StepContext step, JsonElement? input) =>
        Payload.ToJson(await RunAsync(step, Payload.Read<TInput>(input)));
}
