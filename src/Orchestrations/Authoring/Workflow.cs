using System.Text.Json;

namespace Preempt;

/// <summary>The base of all workflows; derive from <see cref="Workflow{TInput, TOutput}"/>.</summary>
public abstract class Workflow
{
    private protected Workflow()
    {
    }

    /// <summary>Defines the name, limits and rules of this workflow. Called once, at registration.</summary>
    /// <param name="workflow">The builder.</param>
    public virtual void Configure(WorkflowBuilder workflow)
    {
    }

    /// <exception cref="JsonException">The input is not what the workflow takes.</exception>
    internal abstract string? Check(JsonElement? input);

    internal abstract Task<JsonElement?> InvokeAsync(RunContext run, JsonElement? input);
}

/// <summary>A workflow that returns a <typeparamref name="TOutput"/>, so that the compiler can check a call.</summary>
/// <typeparam name="TOutput">The output.</typeparam>
public interface IWorkflowReturning<out TOutput>;

/// <summary>
/// A workflow. Its code is an orchestrator: it may await only tasks of <see cref="RunContext"/>, and
/// must read no clock, no random values and no state from outside. Each run creates an object of the class.
/// </summary>
/// <typeparam name="TInput">The input; JSON.</typeparam>
/// <typeparam name="TOutput">The output; JSON.</typeparam>
/// <example>
/// <code>
/// public sealed class ChatReply : Workflow&lt;ChatMessage, string&gt;
/// {
///     public override void Configure(WorkflowBuilder workflow) => workflow
///         .Concurrency("{input.userId}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress)
///         .Timeout("10 minutes");
///
///     public override Task&lt;string&gt; RunAsync(RunContext run, ChatMessage message) => run.CallStepAsync&lt;Think, string&gt;(message);
/// }
/// </code>
/// </example>
public abstract class Workflow<TInput, TOutput> : Workflow, IWorkflowReturning<TOutput>
{
    /// <summary>
    /// The work. It throws <see cref="OperationCanceledException"/> to end as stopped. If it returns after a stop, the run has succeeded;
    /// any other exception is a failure, and is not retried.
    /// </summary>
    /// <param name="run">The run: its token, and the steps, delays and children that it may await.</param>
    /// <param name="input">The run's input.</param>
    /// <returns>The run's output.</returns>
    public abstract Task<TOutput> RunAsync(RunContext run, TInput input);

    /// <summary>Checks an input before a run is accepted. By default any value of the right type is accepted.</summary>
    /// <param name="input">The caller's input.</param>
    /// <returns>What is wrong and what is accepted, as a message for the caller; null if the input is accepted.</returns>
    protected virtual string? Validate(TInput input) => null;

    internal sealed override string? Check(JsonElement? input) => Validate(Payload.ReadStrictly<TInput>(input));

    internal sealed override async Task<JsonElement?> InvokeAsync(RunContext run, JsonElement? input) =>
        Payload.ToJson(await RunAsync(run, Payload.Read<TInput>(input)));
}
