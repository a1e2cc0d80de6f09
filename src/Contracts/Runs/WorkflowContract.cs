namespace Preempt;

/// <summary>
/// A workflow as its callers see it: its name, its input and its output. An app and the programs that call it share the contract, so that the compiler
/// checks both.
/// </summary>
/// <typeparam name="TInput">The input of a run; JSON.</typeparam>
/// <typeparam name="TOutput">The output of a run; JSON.</typeparam>
/// <param name="Name">The workflow's name, such as <c>chat-reply</c>.</param>
/// <example>
/// <code>
/// public static readonly WorkflowContract&lt;ChatMessage, string&gt; ChatReply = new("chat-reply");
/// </code>
/// </example>
public sealed record WorkflowContract<TInput, TOutput>(string Name);
