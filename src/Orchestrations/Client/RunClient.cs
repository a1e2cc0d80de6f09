using System.Text.Json;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Starts, watches and stops runs, from code inside the function app.</summary>
public sealed partial class RunClient
{
    private readonly RunClients _app;
    private readonly DurableTaskClient _client;
    private readonly RunLookup _lookup;
    private readonly RunStarter _starter;
    private readonly RunMessenger _messenger;
    private readonly GateClient _gates;
    private readonly LimitClient _limits;
    private readonly BulkClient _bulk;
    private readonly AppControl _control;

    internal RunClient(RunClients app, DurableTaskClient client)
    {
        _app = app;
        _client = client;
        _lookup = new RunLookup(app, client);
        _starter = new RunStarter(app, client, _lookup);
        _messenger = new RunMessenger(app, client, _lookup);
        _gates = new GateClient(app, client);
        _limits = new LimitClient(app, client);
        _bulk = new BulkClient(app, client);
        _control = new AppControl(app, client);
    }

    /// <summary>Starts a run. When the task completes the run is accepted, and will end.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="input">The run's input; written as JSON.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <param name="waitWhileDraining">
    /// Whether the run is accepted, and waits, even while the app drains and refuses starts: for a caller that cannot retry.
    /// </param>
    /// <param name="cancellationToken">Cancels the call; the run may have been accepted anyway.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    /// <exception cref="RunConflictException">A run of the given id exists.</exception>
    public Task<Run> StartAsync(
        string workflow,
        object? input,
        StartOptions? options = null,
        bool waitWhileDraining = false,
        CancellationToken cancellationToken = default) =>
        _starter.StartAsync(workflow, input, options ?? new StartOptions(), waitWhileDraining, cancellationToken);

    /// <summary>Starts a run, unless one was started with the same idempotency key of the same workflow before.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="input">The run's input; written as JSON.</param>
    /// <param name="idempotencyKey">The key: 1 to 255 characters.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <param name="waitWhileDraining">
    /// Whether the run is accepted, and waits, even while the app drains and refuses starts: for a caller that cannot retry.
    /// </param>
    /// <param name="cancellationToken">Cancels the call; the run may have been accepted anyway.</param>
    /// <returns>The run, and whether it was started now.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The key, the input or an option is not allowed.</exception>
    /// <exception cref="RunConflictException">A run of the given id exists, and was not started with this key.</exception>
    /// <exception cref="IdempotencyKeyReusedException">The key was used for another start of the workflow.</exception>
    /// <exception cref="RunDeletedException">The run of this key was deleted; <see cref="PreemptOptions.IdempotencyRetention"/> says how long that is known.</exception>
    public Task<(Run Run, bool IsNew)> StartOnceAsync(
        string workflow,
        object? input,
        string idempotencyKey,
        StartOptions? options = null,
        bool waitWhileDraining = false,
        CancellationToken cancellationToken = default) =>
        _starter.StartOnceAsync(workflow, input, idempotencyKey, options ?? new StartOptions(), waitWhileDraining, cancellationToken);

    /// <summary>Starts a run for another, unless it has been started.</summary>
    internal Task StartForAnotherAsync(ChildStart start, CancellationToken cancellationToken) => _starter.StartForAnotherAsync(start, cancellationToken);

    /// <summary>Reads a run.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public Task<Run> GetAsync(string id, CancellationToken cancellationToken = default) => _lookup.GetAsync(id, cancellationToken);

    /// <summary>Waits until a run has ended, or until the wait is over.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="wait">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The run, ended or not.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public Task<Run> WaitAsync(string id, TimeSpan wait, CancellationToken cancellationToken = default) =>
        _lookup.WaitAsync(id, wait, cancellationToken);

    /// <summary>
    /// Asks a run to stop. When the task completes the request will reach the run, and none of its unshielded steps begins any
    /// more; it ends when its code does, at the latest when its grace is over.
    /// </summary>
    /// <param name="id">The run's id.</param>
    /// <param name="options">The options.</param>
    /// <param name="by">Who requests the stop; up to 50 characters are kept.</param>
    /// <param name="cancellationToken">Cancels the call; the request may have been made anyway.</param>
    /// <returns>The run as it is after the request.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">An option is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    public Task<Run> CancelAsync(
        string id, CancelOptions? options = null, string? by = null, CancellationToken cancellationToken = default) =>
        _messenger.CancelAsync(id, options ?? new CancelOptions(), by, cancellationToken);

    /// <summary>Deletes a run that has ended, and its history.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is gone.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="RunConflictException">The run has not ended: cancel it, with <see cref="CancelOptions.Delete"/>.</exception>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        Run run = (await _lookup.LookAsync(id, cancellationToken)).Run;
        OrchestrationMetadata? instance = await _client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken);
        if (!run.Status.IsTerminal() || instance is { IsCompleted: false })
            throw new RunConflictException($"The run is {run.Status}: only a run that has ended can be deleted.", run);
        if (instance is not null)
            await RunDeletion.RemoveAsync(_client, instance, cancellationToken);
    }

    /// <summary>
    /// Sends an event to a run: its code may wait for it (<see cref="RunContext.WaitForEventAsync{T}(string)"/>), and its end condition
    /// may name it.
    /// </summary>
    /// <param name="id">The run's id.</param>
    /// <param name="name">The event's name, 1 to 100 characters, case-insensitive.</param>
    /// <param name="payload">The payload; written as JSON.</param>
    /// <param name="idempotencyKey">1 to 255 characters; an event that is sent again with the same key takes effect once.</param>
    /// <param name="cancellationToken">Cancels the call; the event may have been sent anyway.</param>
    /// <returns>The run, which has the event.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">The name or the key is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    /// <exception cref="RunNotAnsweringException">The run has not responded within some seconds. The call may still take effect.</exception>
    public Task<Run> RaiseEventAsync(
        string id, string name, object? payload = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _messenger.RaiseEventAsync(id, name, ReadPayload(payload), idempotencyKey, cancellationToken);

    /// <summary>
    /// Publishes an event: workflows subscribed to it are started with its payload, and runs that end on it are stopped, those that were
    /// accepted before. When the task completes the event is stored, and the runs have it; if there are many, some get it later.
    /// </summary>
    /// <param name="name">The event's name, 1 to 100 characters, case-insensitive.</param>
    /// <param name="payload">The payload; written as JSON.</param>
    /// <param name="idempotencyKey">1 to 255 characters; an event that is published again with the same key takes effect once.</param>
    /// <param name="cancellationToken">Cancels the call; some of the work may have been done anyway.</param>
    /// <returns>The runs that it started and stopped.</returns>
    /// <exception cref="InvalidRunException">The name, the key, or the payload as the input of a workflow, is not allowed.</exception>
    public Task<PublishedEvent> PublishEventAsync(
        string name, object? payload = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        new EventPublisher(_app, _client, _starter, _bulk).PublishAsync(name, ReadPayload(payload), idempotencyKey, cancellationToken);

    private static JsonElement? ReadPayload(object? payload)
    {
        try
        {
            return Payload.ToJson(payload);
        }
        catch (JsonException exception)
        {
            throw new InvalidRunException($"payload: {exception.Message}");
        }
    }

    /// <summary>
    /// Drains the app: no more runs are admitted, and running runs go on to their ends or their timeouts. Runs that are started
    /// while it drains wait, unless starts are refused. A second drain stops the app: its runs are asked to stop, with the reason
    /// <see cref="StopReason.Shutdown"/>. Survives a restart of the app.
    /// </summary>
    /// <param name="immediate">Whether running runs are asked to stop at once.</param>
    /// <param name="refuse">Whether starts are refused while the app drains.</param>
    /// <param name="idempotencyKey">1 to 255 characters; a repeated call with the same key is not a second drain.</param>
    /// <param name="cancellationToken">Cancels the call; the app may drain anyway.</param>
    /// <returns>The app's status; <see cref="AppStatus.IsDrained"/> says when nothing runs any more.</returns>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public Task<AppStatus> DrainAsync(
        bool immediate = false, bool refuse = false, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _control.SetAsync(immediate ? AppMode.Stopping : AppMode.Draining, refuse, idempotencyKey, cancellationToken);

    /// <summary>Ends a drain: waiting runs are admitted as their gates have free slots. Does nothing if the app does not drain.</summary>
    /// <param name="cancellationToken">Cancels the call; the app may have resumed anyway.</param>
    /// <returns>The app's status.</returns>
    public Task<AppStatus> ResumeAsync(CancellationToken cancellationToken = default) =>
        _control.SetAsync(AppMode.Running, refuse: false, idempotencyKey: null, cancellationToken);

    /// <summary>Reads the app's mode: whether it drains, and how many runs are left.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The app's status.</returns>
    public Task<AppStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        _control.GetStatusAsync(cancellationToken);

    /// <summary>Returns a handle of a run, to watch and to stop it. Nothing is read: the run need not exist.</summary>
    /// <param name="id">The run's id.</param>
    /// <returns>The handle.</returns>
    public RunHandle GetHandle(string id) => new(this, id);

    /// <summary>
    /// Gives a run more time: it is added to what is left of the execution timeout. When the task completes the run has it.
    /// </summary>
    /// <param name="id">The run's id.</param>
    /// <param name="by">How much; "never" removes the timeout.</param>
    /// <param name="idempotencyKey">1 to 255 characters; a repeated call with the same key is not a second extension.</param>
    /// <param name="cancellationToken">Cancels the call; the time may have been added anyway.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended, or stops already.</exception>
    /// <exception cref="RunNotAnsweringException">The run has not responded within some seconds. The call may still take effect.</exception>
    public Task<Run> ExtendAsync(string id, Duration by, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _messenger.ExtendAsync(id, by, idempotencyKey, cancellationToken);

    /// <summary>Reads the gate of one key of a workflow.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="key">The concurrency key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The gate; one that no run has entered is empty.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule.</exception>
    public Task<Gate> GetGateAsync(string workflow, string key, CancellationToken cancellationToken = default) =>
        _gates.GetAsync(_gates.OfWorkflow(workflow), key, cancellationToken);

    /// <summary>Reads the gate of one key of a rule.</summary>
    /// <param name="rule">The rule: the name of one that workflows share, or any of a workflow, such as <c>chat-reply:1</c>, as in <see cref="LimitRequest.Rule"/>.</param>
    /// <param name="key">The concurrency key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The gate; one that no run has entered is empty.</returns>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public Task<Gate> GetGateOfRuleAsync(string rule, string key, CancellationToken cancellationToken = default) =>
        _gates.GetAsync(_gates.OfRule(rule), key, cancellationToken);

    /// <summary>Reads a page of the gates of a workflow's first rule, of its runs or else of its steps.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="limit">How many at most, 1 to 200.</param>
    /// <param name="cursor">The cursor of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The gates, and the cursor of the next page; null after the last page.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule.</exception>
    public Task<(IReadOnlyList<Gate> Items, string? Cursor)> ListGatesAsync(
        string workflow, int limit, string? cursor = null, CancellationToken cancellationToken = default) =>
        _gates.ListAsync(_gates.OfWorkflow(workflow), limit, cursor, cancellationToken);

    /// <summary>Reads a page of the gates of a rule.</summary>
    /// <param name="rule">The rule: the name of one that workflows share, or any of a workflow, such as <c>chat-reply:1</c>, as in <see cref="LimitRequest.Rule"/>.</param>
    /// <param name="limit">How many at most, 1 to 200.</param>
    /// <param name="cursor">The cursor of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The gates, and the cursor of the next page; null after the last page.</returns>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    public Task<(IReadOnlyList<Gate> Items, string? Cursor)> ListGatesOfRuleAsync(
        string rule, int limit, string? cursor = null, CancellationToken cancellationToken = default) =>
        _gates.ListAsync(_gates.OfRule(rule), limit, cursor, cancellationToken);
}
