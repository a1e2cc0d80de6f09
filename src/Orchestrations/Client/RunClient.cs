using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>Makes <see cref="RunClient"/>s: the platform hands out its own client anew to each function.</summary>
public sealed class RunClients
{
    internal RunClients(
        WorkflowRegistry registry,
        ProgressReader progress,
        ICancellationFeed feed,
        MonotonicClock clock,
        AppModeReader mode,
        CleanUpSchedule cleanUp,
        PreemptOptions options,
        TimeProvider time)
    {
        Registry = registry;
        Progress = progress;
        Feed = feed;
        Clock = clock;
        Mode = mode;
        CleanUp = cleanUp;
        Options = options;
        Time = time;
    }

    internal WorkflowRegistry Registry { get; }

    internal ProgressReader Progress { get; }

    internal ICancellationFeed Feed { get; }

    internal MonotonicClock Clock { get; }

    internal AppModeReader Mode { get; }

    internal CleanUpSchedule CleanUp { get; }

    internal PreemptOptions Options { get; }

    internal TimeProvider Time { get; }

    /// <summary>Makes a client of runs.</summary>
    /// <param name="client">The platform's client, as a function is given it.</param>
    /// <returns>The client.</returns>
    public RunClient With(DurableTaskClient client) => new(this, client);
}

/// <summary>Starts, watches and stops runs, from code inside the function app.</summary>
public sealed partial class RunClient
{
    private readonly RunClients _app;
    private readonly DurableTaskClient _client;

    internal RunClient(RunClients app, DurableTaskClient client)
    {
        _app = app;
        _client = client;
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
        StartAsync(Find(workflow), input, options ?? new StartOptions(), waitWhileDraining, cancellationToken);

    private async Task<Run> StartAsync(
        RegisteredWorkflow definition, object? input, StartOptions options, bool waitWhileDraining, CancellationToken cancellationToken)
    {
        using Activity? activity = RunTelemetry.Starting(definition.Name);
        RunRequest request = await MakeRequestAsync(definition, input, options, waitWhileDraining, cancellationToken);
        if (options.RunId is not { } chosen)
        {
            // Nobody else has this id, so nobody else can have started it.
            string id = NewId(request);
            await RunStart.EnsureStartedAsync(_client, id, request, cancellationToken);
            return RunReader.Accepted(id, request);
        }

        await PointToAsync(chosen, request, cancellationToken);
        return await RunStart.TryStartAsync(_client, chosen, request, cancellationToken)
            ? RunReader.Accepted(chosen, request)
            : throw new RunConflictException($"A run with the id \"{chosen}\" exists.", await GetAsync(chosen, cancellationToken));
    }

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
    /// <exception cref="RunDeletedException">The run of this key was deleted; <see cref="PreemptOptions.IdempotencyRetention"/> says how long that is known.</exception>
    public async Task<(Run Run, bool IsNew)> StartOnceAsync(
        string workflow,
        object? input,
        string idempotencyKey,
        StartOptions? options = null,
        bool waitWhileDraining = false,
        CancellationToken cancellationToken = default)
    {
        const int MaxLength = 255;
        if (idempotencyKey.Length is 0 or > MaxLength)
            throw new InvalidRunException($"Idempotency-Key: 1 to {MaxLength} characters; these are {idempotencyKey.Length}.");
        options ??= new StartOptions();
        RegisteredWorkflow definition = Find(workflow);
        using Activity? activity = RunTelemetry.Starting(definition.Name);
        string claimId = ClaimId(definition, idempotencyKey);
        RunRequest request = await MakeRequestAsync(definition, input, options, waitWhileDraining, cancellationToken) with { ClaimId = claimId };
        if (options.RunId is { } chosen && await RunStart.FindClaimAsync(_client, claimId, cancellationToken) is null
            && await FindAsync(chosen, cancellationToken) is { } existing)
            throw OfAnotherStart(existing);
        // An instance of its own keeps the key and its run together. The run's id is the one that is kept, whoever asked for it.
        IdempotencyClaim claim = await RunStart.ClaimAsync(_client, claimId, options.RunId ?? NewId(request), cancellationToken);
        string id = claim.RunId;
        if (claim.IsDeleted && await FindAsync(id, cancellationToken) is null)
            throw new RunDeletedException(id);
        // Whoever made the claim may have died before the run was started: then this call starts it.
        await PointToAsync(id, request, cancellationToken);
        if (await RunStart.TryStartAsync(_client, id, request, cancellationToken))
            return (RunReader.Accepted(id, request), true);
        (Run run, RunRequest kept) = await GetWithRequestAsync(id, cancellationToken);
        return kept.ClaimId == claimId ? (run, false) : throw OfAnotherStart(run);
    }

    private static RunConflictException OfAnotherStart(Run run) =>
        new($"A run with the id \"{run.Id}\" exists, and was not started with this idempotency key.", run);

    private static string ClaimId(RegisteredWorkflow definition, string idempotencyKey) =>
        $"{RunStart.ClaimPrefix}{definition.Name}:{RunId.HashKey(idempotencyKey)}";

    private RegisteredWorkflow Find(string workflow) =>
        _app.Registry.TryGet(workflow, out RegisteredWorkflow? definition) ? definition : throw new UnknownWorkflowException(workflow);

    private async Task<RunRequest> MakeRequestAsync(
        RegisteredWorkflow definition, object? input, StartOptions options, bool waitWhileDraining, CancellationToken cancellationToken)
    {
        RunRequest request = RunStart.MakeRequest(definition, input, options, _app.Clock.Next()) with { TraceParent = RunTelemetry.TraceParent };
        await _app.CleanUp.EnsureAsync(_client, cancellationToken);
        AppState state = await _app.Mode.GetAsync(_client, cancellationToken);
        return state switch
        {
            { Mode: AppMode.Running } => request,
            { Refuse: true } when !waitWhileDraining => throw new AppDrainingException(),
            _ => request with { Held = true },
        };
    }

    /// <summary>Starts a run for another, unless it has been started.</summary>
    internal async Task StartForAnotherAsync(ChildStart start, CancellationToken cancellationToken)
    {
        AppState state = await _app.Mode.GetAsync(_client, cancellationToken);
        RunRequest request = start.Request with { Held = state.Mode != AppMode.Running };
        await RunStart.EnsureStartedAsync(_client, start.RunId, request, cancellationToken);
    }

    private static string NewId(RunRequest request)
    {
        Span<byte> entropy = stackalloc byte[RunId.EntropyLength];
        RandomNumberGenerator.Fill(entropy);
        return RunStart.MakeId(request, entropy);
    }

    /// <summary>Finds a run.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public async Task<Run> GetAsync(string id, CancellationToken cancellationToken = default) =>
        await _app.Progress.FillAsync(await LookAsync(id, cancellationToken), cancellationToken);

    /// <summary>Waits until a run has ended, or until the wait is over.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="wait">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The run, ended or not.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public async Task<Run> WaitAsync(string id, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        Run run = await LookAsync(id, cancellationToken);
        if (run.Status.IsTerminal())
            return run;
        if (wait <= TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan)
            return await _app.Progress.FillAsync(run, cancellationToken);
        using CancellationTokenSource limit = new(wait, _app.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await WaitForEndAsync(id, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The wait is over: the caller gets the run as it is.
        }

        return await GetAsync(id, cancellationToken);
    }

    /// <summary>
    /// Waits until a run's instance has completed. The platform's own wait ends at once in the embedded runtime, but over a Functions host it
    /// looks only every two seconds: so the instance is looked at beside it, often at first and then ever more rarely.
    /// </summary>
    private async Task WaitForEndAsync(string id, CancellationToken cancellationToken)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await await Task.WhenAny(_client.WaitForInstanceCompletionAsync(id, over.Token), LookForEndAsync(id, over.Token));
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            // The engine's client says so of a call that is given up under way.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        finally
        {
            over.Cancel();
        }
    }

    private async Task LookForEndAsync(string id, CancellationToken cancellationToken)
    {
        const double Growth = 1.5;
        TimeSpan longestPause = TimeSpan.FromMilliseconds(500);
        TimeSpan pause = TimeSpan.FromMilliseconds(50);
        while (await _client.GetInstanceAsync(id, cancellationToken) is { IsCompleted: false })
        {
            await Task.Delay(pause, _app.Time, cancellationToken);
            pause = pause * Growth < longestPause ? pause * Growth : longestPause;
        }
    }

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
    public async Task<Run> CancelAsync(
        string id, CancelOptions? options = null, string? by = null, CancellationToken cancellationToken = default)
    {
        options ??= new CancelOptions();
        if (options.Grace > StopRequest.LongestGrace)
            throw new InvalidRunException($"grace \"{options.Grace}\": {(Duration)StopRequest.LongestGrace} at most.");
        StopRequest stop = await RequestStopAsync(await LookAsync(id, cancellationToken), options, by, cancellationToken);
        Run run = await ReadStoppedAsync(id, stop, cancellationToken);
        if (run.Stop is null)
            CheckCanStop(run, options);
        if (options.Delete)
            await RunDeletion.ScheduleAsync(_client, id, cancellationToken);
        return await _app.Progress.FillAsync(run, cancellationToken);
    }

    /// <summary>Asks a run to stop, and does not wait until it has heard.</summary>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    internal async Task<StopRequest> RequestStopAsync(Run run, CancelOptions options, string? by, CancellationToken cancellationToken)
    {
        StopRequest stop = new()
        {
            Reason = StopReason.Requested,
            RequestedAt = _app.Time.GetUtcNow(),
            Message = options.Message,
            Grace = options.Grace,
            By = by,
            QueuedOnly = options.QueuedOnly,
        };
        await SendAsync(run, RunMessage.ForStop(stop), options, cancellationToken);
        if (!options.QueuedOnly)
            await _app.Feed.TryPublishAsync(new StopNotice(run.Id, StopReason.Requested, RequestedAt: stop.RequestedAt, Life: HolderId.LifeOf(run.QueuedAt)), cancellationToken);
        return stop;
    }

    /// <summary>Deletes a run that has ended, and its history.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>A task that completes when it is gone.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="RunConflictException">The run has not ended: cancel it, with <see cref="CancelOptions.Delete"/>.</exception>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        Run run = await LookAsync(id, cancellationToken);
        if (!run.Status.IsTerminal() || await _client.GetInstanceAsync(id, cancellationToken) is { IsCompleted: false })
            throw new RunConflictException($"The run is {run.Status}: only a run that has ended can be deleted.", run);
        if (await _client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken) is { IsCompleted: true } ended)
            await RunDeletion.RemoveAsync(_client, ended, cancellationToken);
    }

    /// <summary>
    /// Sends an event to a run: its code may wait for it (<see cref="RunContext.WaitForEventAsync{T}(string)"/>), and its end condition
    /// may name it.
    /// </summary>
    /// <param name="id">The run's id.</param>
    /// <param name="name">The event's name, 1 to 100 characters, without regard to case.</param>
    /// <param name="payload">What it says; written as JSON.</param>
    /// <param name="cancellationToken">Gives up the call; the event may have been sent all the same.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">The name is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    public async Task<Run> RaiseEventAsync(string id, string name, object? payload = null, CancellationToken cancellationToken = default)
    {
        RunMessage message = RunMessage.ForEvent(EventName.Check(name), ReadPayload(payload));
        await SendAsync(await LookAsync(id, cancellationToken), message, new CancelOptions(), cancellationToken);
        return await GetAsync(id, cancellationToken);
    }

    /// <summary>Publishes an event: workflows subscribed to it are started with its payload, and runs that end on it are stopped.</summary>
    /// <param name="name">The event's name, 1 to 100 characters, without regard to case.</param>
    /// <param name="payload">What it says; written as JSON.</param>
    /// <param name="idempotencyKey">When published again with the same key, the event starts nothing again.</param>
    /// <param name="cancellationToken">Gives up the call; some of the work may have been done all the same.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="InvalidRunException">The name, the key, or the payload as the input of a workflow, is not allowed.</exception>
    public Task<PublishedEvent> PublishEventAsync(
        string name, object? payload = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        new EventPublisher(this, _app, _client).PublishAsync(name, ReadPayload(payload), idempotencyKey, cancellationToken);

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
    /// <param name="cancellationToken">Gives up the call; the app may drain all the same.</param>
    /// <returns>The app's status; <see cref="AppStatus.IsDrained"/> says when nothing runs any more.</returns>
    public Task<AppStatus> DrainAsync(bool immediate = false, bool refuse = false, CancellationToken cancellationToken = default) =>
        new AppControl(_app, _client).SetAsync(immediate ? AppMode.Stopping : AppMode.Draining, refuse, cancellationToken);

    /// <summary>Ends a drain: the runs that waited are admitted as their gates have room. Does nothing to an app that does not drain.</summary>
    /// <param name="cancellationToken">Gives up the call; the app may have resumed all the same.</param>
    /// <returns>The app's status.</returns>
    public Task<AppStatus> ResumeAsync(CancellationToken cancellationToken = default) =>
        new AppControl(_app, _client).SetAsync(AppMode.Running, refuse: false, cancellationToken);

    /// <summary>Reads whether the app drains, and how far that has got.</summary>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The app's status.</returns>
    public Task<AppStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        new AppControl(_app, _client).GetStatusAsync(cancellationToken);

    /// <summary>A handle on a run, to watch and to stop it. It is not looked at: the run need not exist.</summary>
    /// <param name="id">The run's id.</param>
    /// <returns>The handle.</returns>
    public RunHandle GetHandle(string id) => new(this, id);

    /// <summary>Gives a run more time: what is left of its execution timeout grows by so much. May be repeated.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="by">How much; "never" takes the timeout away.</param>
    /// <param name="cancellationToken">Gives up the call; the time may have been given all the same.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="RunConflictException">The run has ended, or stops already.</exception>
    public async Task<Run> ExtendAsync(string id, Duration by, CancellationToken cancellationToken = default)
    {
        Run run = await LookAsync(id, cancellationToken);
        if (run.Stop is not null && !run.Status.IsTerminal())
            throw new RunConflictException("The run stops already; more time would not change that.", run);
        await SendAsync(run, new RunMessage { Kind = RunMessageKind.Extend, By = by }, new CancelOptions(), cancellationToken);
        return await GetAsync(id, cancellationToken);
    }

    /// <summary>Sends a message to a run that has not ended.</summary>
    private async Task SendAsync(Run run, RunMessage message, CancelOptions options, CancellationToken cancellationToken)
    {
        CheckCanStop(run, options);
        try
        {
            await _client.RaiseEventAsync(run.Id, RunMessage.EventName, message with { Life = HolderId.LifeOf(run.QueuedAt) }, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The real client and the embedded one refuse an ended instance with exceptions of different types.
            CheckCanStop(await LookAsync(run.Id, cancellationToken), options);
            throw;
        }
    }

    private static void CheckCanStop(Run run, CancelOptions options)
    {
        if (run.Status.IsTerminal())
            throw new RunConflictException($"The run has ended: it is {run.Status}.", run);
        if (options.QueuedOnly && run.Status != RunStatus.Queued)
            throw new RunConflictException($"The run is {run.Status}, and only a queued run was to be cancelled.", run);
    }

    /// <summary>
    /// The run once its record shows the stop; as it is if that takes longer than some seconds. A run that was accepted a moment ago can
    /// miss an event: one that comes before its first turn, over Azure Storage, can be dropped. So a run that does not show the stop is
    /// asked again; the same request a second time changes nothing.
    /// </summary>
    private async Task<Run> ReadStoppedAsync(string id, StopRequest stop, CancellationToken cancellationToken)
    {
        const int ReadsBetweenRequests = 8;
        const int MaxReads = 20;
        TimeSpan longestPause = TimeSpan.FromMilliseconds(250);
        TimeSpan pause = TimeSpan.FromMilliseconds(2);
        for (int read = 1; ; read++)
        {
            Run run = await LookAsync(id, cancellationToken);
            if (run.Stop is not null || run.Status.IsTerminal() || (stop.QueuedOnly && run.Status != RunStatus.Queued) || read == MaxReads)
                return run;
            if (read % ReadsBetweenRequests == 0)
                await SendAgainAsync(run, stop, cancellationToken);
            await Task.Delay(pause, _app.Time, cancellationToken);
            pause = pause < longestPause ? pause * 2 : pause;
        }
    }

    private async Task SendAgainAsync(Run run, StopRequest stop, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(run, RunMessage.ForStop(stop), new CancelOptions { QueuedOnly = stop.QueuedOnly }, cancellationToken);
        }
        catch (RunConflictException)
        {
            // It has ended meanwhile, or started: the next look says so.
        }
    }

    /// <summary>Reads the gate of one key of a workflow.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="key">The concurrency key.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The gate; one that no run has entered is empty.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule.</exception>
    public async Task<Gate> GetGateAsync(string workflow, string key, CancellationToken cancellationToken = default)
    {
        RegisteredWorkflow definition = FindGated(workflow);
        GateState state = await FindGateAsync(definition.GateKey(0, CheckKey(key)), cancellationToken);
        return GateReader.Read(definition, state.Rule is null ? state with { Key = key } : state);
    }

    /// <summary>What a gate remembers; one that no run has entered, nothing.</summary>
    private async Task<GateState> FindGateAsync(string gate, CancellationToken cancellationToken)
    {
        EntityInstanceId id = new(PreemptFunctions.Gate, gate);
        EntityMetadata<GateState>? entity = await _client.Entities.GetEntityAsync<GateState>(id, cancellation: cancellationToken);
        return entity?.State ?? new GateState();
    }

    /// <summary>Reads a page of the gates of a workflow's first rule.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="limit">How many at most, 1 to 200.</param>
    /// <param name="cursor">Where the page before this one ended; null for the first.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The gates, and where the next page begins; null after the last.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule.</exception>
    public async Task<(IReadOnlyList<Gate> Items, string? Cursor)> ListGatesAsync(
        string workflow, int limit, string? cursor = null, CancellationToken cancellationToken = default)
    {
        RegisteredWorkflow definition = FindGated(workflow);
        string prefix = new EntityInstanceId(PreemptFunctions.Gate, definition.GatePrefix(0)).ToString();
        IAsyncEnumerable<Page<EntityMetadata<GateState>>> pages = EnginePages.ReadAsync(
            (start, size) => _client.Entities.GetAllEntitiesAsync<GateState>(
                new EntityQuery { InstanceIdStartsWith = prefix, PageSize = size }).AsPages(start, size),
            Cursor.Unwrap(cursor),
            limit,
            cancellationToken);
        await foreach (Page<EntityMetadata<GateState>> page in pages)
        {
            return ([.. page.Values.Select(entity => GateReader.Read(definition, entity.State))], Cursor.Wrap(page.ContinuationToken));
        }

        return ([], null);
    }

    private static string CheckKey(string key)
    {
        try
        {
            return KeySelector.Check(key);
        }
        catch (KeyTemplateException exception)
        {
            throw new InvalidRunException(exception.Message);
        }
    }

    private RegisteredWorkflow FindGated(string workflow)
    {
        RegisteredWorkflow definition = Find(workflow);
        if (definition.Rules.IsEmpty)
            throw new InvalidRunException($"workflow \"{definition.Name}\" has no concurrency rule, so it has no gates.");
        return definition;
    }

    /// <summary>The run by what the engine knows of it, without asking its steps.</summary>
    private async Task<Run> LookAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) ?? throw new UnknownRunException(id);

    private async Task<Run?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (RunId.Validate(id) is not null)
            return null;
        return await _client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken) is { } instance ? RunReader.Read(instance) : null;
    }
}

/// <summary>The input of the instance that keeps an idempotency key and its run together.</summary>
/// <param name="RunId">The run.</param>
/// <param name="IsDeleted">Whether the run was deleted, or is about to be.</param>
internal sealed record IdempotencyClaim(string RunId, bool IsDeleted = false);
