namespace Preempt;

/// <summary>Contracts of workflows, for callers outside of the app.</summary>
public static class WorkflowContracts
{
    /// <summary>The contract of a workflow. A program that shares the workflow's class calls it by this contract, for example with <c>Preempt.Client</c>.</summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <typeparam name="TOutput">The output.</typeparam>
    /// <param name="workflow">The workflow, as in <c>new ChatReply()</c>.</param>
    /// <returns>The contract, with the workflow's name.</returns>
    /// <exception cref="ArgumentException">The name that the workflow gives itself is not allowed.</exception>
    /// <example>
    /// <code>
    /// RunHandle&lt;string&gt; run = await client.StartAsync(new ChatReply().ToContract(), new ChatMessage("ada", "What is a monad?"));
    /// </code>
    /// </example>
    public static WorkflowContract<TInput, TOutput> ToContract<TInput, TOutput>(this Workflow<TInput, TOutput> workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return new(NameOf(workflow.GetType()));
    }

    /// <summary>The name of the workflow of a class, as the class itself says it.</summary>
    internal static string NameOf(Type workflow) => WorkflowBuilder.Build(workflow, new PreemptOptions(), SharedRules.Any).Name;
}
