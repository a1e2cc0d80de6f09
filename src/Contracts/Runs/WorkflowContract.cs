namespace Preempt;

/// <summary>
/// A workflow as its callers know it: its name, what it takes and what it returns. Shared by an app and the programs that call it, so that the compiler
/// checks both.
/// </summary>
/// <typeparam name="TInput">What a run is given; JSON.</typeparam>
/// <typeparam name="TOutput">What a run returns; JSON.</typeparam>
/// <param name="Name">The workflow's name, such as <c>chat-reply</c>.</param>
/// <example>
/// <code>
/// public static readonly WorkflowContract&lt;ChatMessage, string&gt; ChatReply = new("chat-reply");
/// </code>
/// </example>
public sealed record WorkflowContract<TInput, TOutput>(string Name);
