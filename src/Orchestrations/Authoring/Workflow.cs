using System.Text.Json;

namespace Preempt;

/// <summary>What all workflows have in common; derive from <see cref="Workflow{TInput, TOutput}"/>.</summary>
public abstract class Workflow
{
    private protected Workflow()
    {
    }

    /// <summary>Says how runs of this workflow are named, limited and stopped. Called once, at registration.</summary>
    /// <param name="workflow">Takes what is said.</param>
    public virtual void Configure(WorkflowBuilder workflow)
    {
    }

    /// <exception cref="JsonException">The input is not what the workflow takes.</exception>
    internal abstract string? Check(JsonElement? input);

    internal abstract Task<JsonElement?> InvokeAsync(RunContext run, JsonElement? input);
}

/// <summary>A workflow that returns a <typeparamref name="TOutput"/>; lets the compiler check what a call expects.</summary>
/// <typeparam name="TOutput">What it returns.</typeparam>
public interface IWorkflowReturning<out TOutput>;

/// <summary>
/// A definition of work that takes steps. Its code is an orchestrator: it may await only what <see cref="RunContext"/> gives, and
/// reads no clock, no randomness and no state from outside. A run makes an object of its own.
/// </summary>
/// <typeparam name="TInput">What a run is given; JSON.</typeparam>
/// <typeparam name="TOutput">What a run returns; JSON.</typeparam>
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
    /// The work. Throws <see cref="OperationCanceledException"/> to end as stopped; what it returns after a stop counts as success;
    /// anything else it throws is a failure, and is not retried.
    /// </summary>
    /// <param name="run">The run: its token, and the steps, delays and children that it may await.</param>
    /// <param name="input">What the run was given.</param>
    /// <returns>What the run returns.</returns>
    public abstract Task<TOutput> RunAsync(RunContext run, TInput input);

    /// <summary>Looks at an input before a run is accepted. By default anything of the right type will do.</summary>
    /// <param name="input">What the caller gave.</param>
    /// <returns>What is wrong with it and what is accepted, for the caller to read; null when it is fine.</returns>
    protected virtual string? Validate(TInput input) => null;

    internal sealed override string? Check(JsonElement? input) => Validate(Payload.ReadStrictly<TInput>(input));

    internal sealed override async Task<JsonElement?> InvokeAsync(RunContext run, JsonElement? input) =>
        Payload.ToJson(await RunAsync(run, Payload.Read<TInput>(input)));
}
