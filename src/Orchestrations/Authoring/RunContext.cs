using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// A workflow's run, and everything that its code may await. Calls take a token; the default is the run's own. After a
/// stop they throw <see cref="OperationCanceledException"/> and nothing new begins, except with
/// <see cref="CancellationToken.None"/>, which shields a call: clean-up runs to its end, within the run's grace.
/// </summary>
public sealed class RunContext
{
    private readonly RunSupervisor _run;

    internal RunContext(RunSupervisor run) => _run = run;

    /// <summary>The run's id.</summary>
    public string RunId => _run.RunId;

    /// <summary>Fires when the run is to stop.</summary>
    public CancellationToken CancellationToken => _run.StopToken;

    /// <summary>The stop request; null until there is one.</summary>
    public StopRequest? Stop => _run.Record.Stop;

    /// <summary>The time, UTC; the same in a replay. The only clock that a workflow may read.</summary>
    public DateTimeOffset UtcNow => _run.Now;

    /// <summary>The metadata that the caller attached to the run. Names do not distinguish case.</summary>
    public ImmutableDictionary<string, string> Metadata => _run.Request.Metadata;

    /// <summary>The concurrency key of the workflow's first rule; null without one.</summary>
    public string? Key => _run.Request.Gates is [var first, ..] ? first.Key : null;

    /// <summary>The fencing token of the run's first gate; null without one.</summary>
    public long? FencingToken => _run.Record.FencingTokens is [var first, ..] ? first : null;

    /// <summary>A logger that is silent in a replay.</summary>
    public ILogger Logger => _run.Logger;

    /// <summary>A unique id; the same in a replay.</summary>
    /// <returns>The id.</returns>
    public Guid NewGuid() => _run.NewGuid();

    /// <summary>
    /// Runs a step and waits for it, also after the step is told to stop: if it returns a value, the value is returned
    /// here, and its clean-up is done before the workflow goes on.
    /// </summary>
    /// <typeparam name="TStep">The step's class, registered in this app.</typeparam>
    /// <typeparam name="TOutput">The step's output.</typeparam>
    /// <param name="input">The step's input.</param>
    /// <returns>The step's output.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    /// <exception cref="StepFailedException">The step's code threw, or the app that should run it has no such step.</exception>
    public Task<TOutput> CallStepAsync<TStep, TOutput>(object? input = null)
        where TStep : Step, IStepReturning<TOutput> =>
        CallStepAsync<TStep, TOutput>(input, _run.StopToken);

    /// <inheritdoc cref="CallStepAsync{TStep, TOutput}(object?)" />
    /// <param name="input">The step's input.</param>
    /// <param name="options">How long an attempt may take, and the retry policy.</param>
    public Task<TOutput> CallStepAsync<TStep, TOutput>(object? input, StepOptions options)
        where TStep : Step, IStepReturning<TOutput> =>
        CallStepAsync<TStep, TOutput>(input, options, _run.StopToken);

    /// <inheritdoc cref="CallStepAsync{TStep, TOutput}(object?)" />
    /// <param name="input">The step's input.</param>
    /// <param name="cancellationToken">
    /// Stops the step; <see cref="CancellationToken.None"/> shields it from a stop of the run.
    /// </param>
    public Task<TOutput> CallStepAsync<TStep, TOutput>(object? input, CancellationToken cancellationToken)
        where TStep : Step, IStepReturning<TOutput> =>
        CallStepAsync<TStep, TOutput>(input, new StepOptions(), cancellationToken);

    /// <inheritdoc cref="CallStepAsync{TStep, TOutput}(object?)" />
    /// <param name="input">The step's input.</param>
    /// <param name="options">How long an attempt may take, and the retry policy.</param>
    /// <param name="cancellationToken">
    /// Stops the step; <see cref="CancellationToken.None"/> shields it from a stop of the run.
    /// </param>
    public Task<TOutput> CallStepAsync<TStep, TOutput>(object? input, StepOptions options, CancellationToken cancellationToken)
        where TStep : Step, IStepReturning<TOutput> =>
        _run.CallStepAsync<TOutput>(typeof(TStep), input, options, cancellationToken);

    /// <summary>
    /// Runs another workflow as a child of this run, and waits for it. The child enters gates of its own. It is stopped when this run
    /// is, with the reason <see cref="StopReason.Parent"/> and nine tenths of this run's grace.
    /// </summary>
    /// <typeparam name="TWorkflow">The workflow's class, registered in this app.</typeparam>
    /// <typeparam name="TOutput">The child's output.</typeparam>
    /// <param name="input">The child's input.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <returns>The child's output.</returns>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    /// <exception cref="ChildRunException">The child failed, or was stopped for a reason of its own.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public Task<TOutput> CallWorkflowAsync<TWorkflow, TOutput>(object? input = null, StartOptions? options = null)
        where TWorkflow : Workflow, IWorkflowReturning<TOutput> =>
        CallWorkflowAsync<TWorkflow, TOutput>(input, options, _run.StopToken);

    /// <inheritdoc cref="CallWorkflowAsync{TWorkflow, TOutput}(object?, StartOptions?)" />
    /// <param name="input">The child's input.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <param name="cancellationToken">
    /// Stops the child; <see cref="CancellationToken.None"/> shields it from a stop of this run.
    /// </param>
    public Task<TOutput> CallWorkflowAsync<TWorkflow, TOutput>(
        object? input, StartOptions? options, CancellationToken cancellationToken)
        where TWorkflow : Workflow, IWorkflowReturning<TOutput> =>
        _run.Children.CallAsync<TOutput>(typeof(TWorkflow), input, options ?? new StartOptions(), cancellationToken);

    /// <summary>Starts another workflow as a detached run: this run neither waits for it nor stops it.</summary>
    /// <typeparam name="TWorkflow">The workflow's class, registered in this app.</typeparam>
    /// <param name="input">The run's input.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <returns>The run's id, once it is accepted.</returns>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    /// <exception cref="OperationCanceledException">This run was stopped.</exception>
    public Task<string> StartWorkflowAsync<TWorkflow>(object? input = null, StartOptions? options = null)
        where TWorkflow : Workflow =>
        _run.Children.StartAsync(typeof(TWorkflow), input, options ?? new StartOptions());

    /// <summary>
    /// Asks the run to stop itself, with the reason <see cref="StopReason.Self"/>. Its token fires before this call returns; what the code does
    /// then decides how the run ends, as with any stop.
    /// </summary>
    /// <param name="message">The reason, in words.</param>
    public void Cancel(string? message = null) =>
        _run.RequestStop(new StopRequest { Reason = StopReason.Self, RequestedAt = _run.Now, Message = message });

    /// <summary>Gives the run more time: it is added to what is left of the execution timeout.</summary>
    /// <param name="by">How much; "never" removes the timeout.</param>
    public void ExtendTimeout(Duration by) => _run.Extend(by);

    /// <summary>
    /// Waits for an event that is sent to this run. The first call that waits gets the first event of the name. An event that comes before any call
    /// waits is kept, up to 1,000 of them.
    /// </summary>
    /// <typeparam name="T">The event's payload; JSON.</typeparam>
    /// <param name="name">The event's name, 1 to 100 characters, case-insensitive.</param>
    /// <returns>The payload.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public Task<T> WaitForEventAsync<T>(string name) => WaitForEventAsync<T>(name, Duration.Never, _run.StopToken);

    /// <inheritdoc cref="WaitForEventAsync{T}(string)" />
    /// <param name="name">The event's name, 1 to 100 characters, case-insensitive.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <exception cref="TimeoutException">The time was over before the event came.</exception>
    public Task<T> WaitForEventAsync<T>(string name, Duration timeout) => WaitForEventAsync<T>(name, timeout, _run.StopToken);

    /// <inheritdoc cref="WaitForEventAsync{T}(string)" />
    /// <param name="name">The event's name, 1 to 100 characters, case-insensitive.</param>
    /// <param name="timeout">How long to wait at most; "never" for no limit.</param>
    /// <param name="cancellationToken">Ends the wait; <see cref="CancellationToken.None"/> shields it from a stop of the run.</param>
    /// <exception cref="TimeoutException">The time was over before the event came.</exception>
    public Task<T> WaitForEventAsync<T>(string name, Duration timeout, CancellationToken cancellationToken) =>
        _run.Events.WaitAsync<T>(name, timeout, cancellationToken);

    /// <summary>Waits on a durable timer.</summary>
    /// <param name="delay">How long; on Azure Storage a timer may be up to 5 seconds late.</param>
    /// <returns>A task that completes when it is over.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public Task DelayAsync(Duration delay) => DelayAsync(delay, _run.StopToken);

    /// <inheritdoc cref="DelayAsync(Duration)" />
    /// <param name="delay">How long; on Azure Storage a timer may be up to 5 seconds late.</param>
    /// <param name="cancellationToken">Ends the wait; <see cref="CancellationToken.None"/> shields it from a stop of the run.</param>
    public Task DelayAsync(Duration delay, CancellationToken cancellationToken) => _run.DelayAsync(delay, cancellationToken);
}
