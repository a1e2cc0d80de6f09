namespace Preempt;

/// <summary>What callers outside of the app know a workflow by.</summary>
public static class WorkflowContracts
{
    /// <summary>The contract of a workflow, by which a program that shares its class calls it, with <c>Preempt.Client</c> for one.</summary>
    /// <typeparam name="TInput">What the workflow takes.</typeparam>
    /// <typeparam name="TOutput">What it returns.</typeparam>
    /// <param name="workflow">The workflow, as in <c>new ChatReply()</c>.</param>
    /// <returns>The contract, with the name that the workflow has.</returns>
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
    internal static string NameOf(Type workflow) => WorkflowBuilder.Build(workflow, new PreemptOptions()).Name;
}
