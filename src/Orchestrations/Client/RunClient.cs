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
        _bulk = new BulkClient(app, client);
        _control = new AppControl(app, client);
    }

    /// <summary>Starts a run. When the task completes the run is accepted, and will end.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="input">What the run is given; written as JSON.</param>
    /// <param name="options">What else is to be said.</param>
    /// <param name="waitWhileDraining">
    /// Whether the run is accepted, and waits, also while the app drains and refuses starts: for a caller that cannot come again.
    /// </param>
    /// <param name="cancellationToken">Gives up the call; the run may have been accepted all the same.</param>
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
    /// <param name="input">What the run is given; written as JSON.</param>
    /// <param name="idempotencyKey">The key: 1 to 255 characters.</param>
    /// <param name="options">What else is to be said.</param>
    /// <param name="waitWhileDraining">
    /// Whether the run is accepted, and waits, also while the app drains and refuses starts: for a caller that cannot come again.
    /// </param>
    /// <param name="cancellationToken">Gives up the call; the run may have been accepted all the same.</param>
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

    /// <summary>Finds a run.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public Task<Run> GetAsync(string id, CancellationToken cancellationToken = default) => _lookup.GetAsync(id, cancellationToken);

    /// <summary>Waits until a run has ended, or until the wait is over.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="wait">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The run, ended or not.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public Task<Run> WaitAsync(string id, TimeSpan wait, CancellationToken cancellationToken = default) =>
        _lookup.WaitAsync(id, wait, cancellationToken);

    /// <summary>
    /// Asks a run to stop. When the task completes the run has heard of it or will, and none of its unshielded steps begins any
    /// more; it ends when its code does, at the latest when its grace is over.
    /// </summary>
    /// <param name="id">The run's id.</param>
    /// <param name="options">How.</param>
    /// <param name="by">Who asks; kept up to 50 characters.</param>
    /// <param name="cancellationToken">Gives up the call; the request may have been made all the same.</param>
    /// <returns>The run as it is after the request.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">An option is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    public Task<Run> CancelAsync(
        string id, CancelOptions? options = null, string? by = null, CancellationToken cancellationToken = default) =>
        _messenger.CancelAsync(id, options ?? new CancelOptions(), by, cancellationToken);

    /// <summary>Deletes a run that has ended, and its history.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
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
    /// <param name="name">The event's name, 1 to 100 characters, without regard to case.</param>
    /// <param name="payload">What it says; written as JSON.</param>
    /// <param name="idempotencyKey">1 to 255 characters; sent again with the same key, the event is not another.</param>
    /// <param name="cancellationToken">Gives up the call; the event may have been sent all the same.</param>
    /// <returns>The run, which has heard of it.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">The name or the key is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    /// <exception cref="RunNotAnsweringException">The run has not heard of it within some seconds; it may yet.</exception>
    public Task<Run> RaiseEventAsync(
        string id, string name, object? payload = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _messenger.RaiseEventAsync(id, name, ReadPayload(payload), idempotencyKey, cancellationToken);

    /// <summary>
    /// Publishes an event: workflows subscribed to it are started with its payload, and runs that end on it are stopped, those that were
    /// accepted before. When the task completes the event is kept, and each of them is told; where there are many, later.
    /// </summary>
    /// <param name="name">The event's name, 1 to 100 characters, without regard to case.</param>
    /// <param name="payload">What it says; written as JSON.</param>
    /// <param name="idempotencyKey">1 to 255 characters; published again with the same key, the event is not another.</param>
    /// <param name="cancellationToken">Gives up the call; some of the work may have been done all the same.</param>
    /// <returns>What became of it.</returns>
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
    /// Drains the app: no run is admitted any more, and those that run go on to their ends or their timeouts. Runs that are started
    /// meanwhile wait, unless they are to be refused. An app that drains already is stopped: its runs are told to stop, reason
    /// <see cref="StopReason.Shutdown"/>. Survives a restart of the app.
    /// </summary>
    /// <param name="immediate">Whether the runs are told to stop at once.</param>
    /// <param name="refuse">Whether starts are refused meanwhile.</param>
    /// <param name="idempotencyKey">1 to 255 characters; with the same key a second time, it is not a second drain.</param>
    /// <param name="cancellationToken">Gives up the call; the app may drain all the same.</param>
    /// <returns>The app's status; <see cref="AppStatus.IsDrained"/> says when nothing runs any more.</returns>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public Task<AppStatus> DrainAsync(
        bool immediate = false, bool refuse = false, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _control.SetAsync(immediate ? AppMode.Stopping : AppMode.Draining, refuse, idempotencyKey, cancellationToken);

    /// <summary>Ends a drain: the runs that waited are admitted as their gates have room. Does nothing to an app that does not drain.</summary>
    /// <param name="cancellationToken">Gives up the call; the app may have resumed all the same.</param>
    /// <returns>The app's status.</returns>
    public Task<AppStatus> ResumeAsync(CancellationToken cancellationToken = default) =>
        _control.SetAsync(AppMode.Running, refuse: false, idempotencyKey: null, cancellationToken);

    /// <summary>Reads whether the app drains, and how far that has got.</summary>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The app's status.</returns>
    public Task<AppStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        _control.GetStatusAsync(cancellationToken);

    /// <summary>A handle on a run, to watch and to stop it. It is not looked at: the run need not exist.</summary>
    /// <param name="id">The run's id.</param>
    /// <returns>The handle.</returns>
    public RunHandle GetHandle(string id) => new(this, id);

    /// <summary>
    /// Gives a run more time: what is left of its execution timeout grows by so much. When the task completes the run has it.
    /// </summary>
    /// <param name="id">The run's id.</param>
    /// <param name="by">How much; "never" takes the timeout away.</param>
    /// <param name="idempotencyKey">1 to 255 characters; with the same key a second time, it is not a second extension.</param>
    /// <param name="cancellationToken">Gives up the call; the time may have been given all the same.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended, or stops already.</exception>
    /// <exception cref="RunNotAnsweringException">The run has not heard of it within some seconds; it may yet.</exception>
    public Task<Run> ExtendAsync(string id, Duration by, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _messenger.ExtendAsync(id, by, idempotencyKey, cancellationToken);

    /// <summary>Reads the gate of one key of a workflow.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="key">The concurrency key.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The gate; one that no run has entered is empty.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule.</exception>
    public Task<Gate> GetGateAsync(string workflow, string key, CancellationToken cancellationToken = default) =>
        _gates.GetAsync(workflow, key, cancellationToken);

    /// <summary>Reads a page of the gates of a workflow's first rule.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="limit">How many at most, 1 to 200.</param>
    /// <param name="cursor">Where the page before this one ended; null for the first.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The gates, and where the next page begins; null after the last.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule.</exception>
    public Task<(IReadOnlyList<Gate> Items, string? Cursor)> ListGatesAsync(
        string workflow, int limit, string? cursor = null, CancellationToken cancellationToken = default) =>
        _gates.ListAsync(workflow, limit, cursor, cancellationToken);
}
