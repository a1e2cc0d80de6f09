namespace Preempt.Client;

// Runs whose input and result have types.
public sealed partial class PreemptHttpClient
{
    /// <summary>Starts a run of a workflow with known types. When the task completes the run is accepted, and will end. Not retried if the response is lost.</summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <typeparam name="TOutput">The output.</typeparam>
    /// <param name="workflow">The workflow.</param>
    /// <param name="input">The run's input; written as JSON, in camelCase and with enums by name.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call; the run may have been accepted anyway.</param>
    /// <returns>The run, whose result is a <typeparamref name="TOutput"/>.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    /// <exception cref="RunConflictException">A run of the given id exists.</exception>
    /// <example>
    /// <code>
    /// RunHandle&lt;string&gt; run = await client.StartAsync(Workflows.ChatReply, new ChatMessage("ada", "What is a monad?"));
    /// string reply = await run.ResultAsync("2 minutes");
    /// </code>
    /// </example>
    public async Task<RunHandle<TOutput>> StartAsync<TInput, TOutput>(
        WorkflowContract<TInput, TOutput> workflow, TInput input, StartOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return new(this, (await StartAsync(workflow.Name, input, options, cancellationToken)).Id);
    }

    /// <summary>Starts a run of a workflow with known types, unless one was started with the same idempotency key of the same workflow before.</summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <typeparam name="TOutput">The output.</typeparam>
    /// <param name="workflow">The workflow.</param>
    /// <param name="input">The run's input; written as JSON, in camelCase and with enums by name.</param>
    /// <param name="idempotencyKey">The key: 1 to 255 printable ASCII characters.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call; the run may have been accepted anyway.</param>
    /// <returns>The run, whose result is a <typeparamref name="TOutput"/>, and whether it was started now.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The key, the input or an option is not allowed.</exception>
    /// <exception cref="RunConflictException">A run of the given id exists, and was not started with this key.</exception>
    public async Task<(RunHandle<TOutput> Run, bool IsNew)> StartOnceAsync<TInput, TOutput>(
        WorkflowContract<TInput, TOutput> workflow,
        TInput input,
        string idempotencyKey,
        StartOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        (Run run, bool isNew) = await StartOnceAsync(workflow.Name, (object?)input, idempotencyKey, options, cancellationToken);
        return (new RunHandle<TOutput>(this, run.Id), isNew);
    }

    /// <summary>Returns a handle of a run by its id. Nothing is read: the run need not exist.</summary>
    /// <typeparam name="TOutput">The workflow's output.</typeparam>
    /// <param name="id">The run's id.</param>
    /// <returns>The handle.</returns>
    public RunHandle<TOutput> GetHandle<TOutput>(string id) => new(this, id);
}
