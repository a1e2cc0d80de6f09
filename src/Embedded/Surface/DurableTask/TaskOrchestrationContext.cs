using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

/// <summary>What an orchestrator sees of its orchestration. It may await nothing but the tasks that it gets here.</summary>
public abstract class TaskOrchestrationContext
{
    /// <summary>The orchestrator.</summary>
    public abstract TaskName Name { get; }

    /// <summary>The id of the instance.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The orchestration that called this one, if one did.</summary>
    public abstract ParentOrchestrationInstance? Parent { get; }

    /// <summary>The time of the event being worked on (UTC); the same in every replay.</summary>
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <summary>Whether the code is being replayed.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>The version of the instance; empty for none.</summary>
    public virtual string Version => string.Empty;

    /// <summary>Settings of the instance.</summary>
    public virtual IReadOnlyDictionary<string, object?> Properties { get; } = new Dictionary<string, object?>();

    /// <summary>Calls to entities.</summary>
    /// <exception cref="NotSupportedException">This context has no entities.</exception>
    public virtual TaskOrchestrationEntityFeature Entities =>
        throw new NotSupportedException($"{GetType()} does not support entities.");

    /// <summary>Makes loggers that are silent in a replay.</summary>
    public virtual ILoggerFactory ReplaySafeLoggerFactory => new ReplaySafeLoggerFactory(this, LoggerFactory);

    /// <summary>Makes the loggers that the replay-safe ones write to.</summary>
    protected abstract ILoggerFactory LoggerFactory { get; }

    /// <summary>The input of the instance.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    public abstract T? GetInput<T>();

    /// <summary>A new id; the same in every replay.</summary>
    public abstract Guid NewGuid();

    /// <summary>Sets the status that callers see.</summary>
    /// <param name="customStatus">The status.</param>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Calls an activity.</summary>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="name">The activity.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How it is run.</param>
    /// <exception cref="TaskFailedException">The activity failed.</exception>
    public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null);

    /// <summary>Calls an activity without an input.</summary>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="name">The activity.</param>
    /// <param name="options">How it is run.</param>
    public virtual Task<TResult> CallActivityAsync<TResult>(TaskName name, TaskOptions options) =>
        CallActivityAsync<TResult>(name, null, options);

    /// <summary>Calls an activity for its effect.</summary>
    /// <param name="name">The activity.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How it is run.</param>
    public virtual Task CallActivityAsync(TaskName name, object? input = null, TaskOptions? options = null) =>
        CallActivityAsync<object?>(name, input, options);

    /// <summary>Calls an activity without an input for its effect.</summary>
    /// <param name="name">The activity.</param>
    /// <param name="options">How it is run.</param>
    public virtual Task CallActivityAsync(TaskName name, TaskOptions options) => CallActivityAsync(name, null, options);

    /// <summary>Calls a sub-orchestration.</summary>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How it is run.</param>
    /// <exception cref="TaskFailedException">The sub-orchestration failed.</exception>
    public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null);

    /// <summary>Calls a sub-orchestration without an input.</summary>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="options">How it is run.</param>
    public virtual Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, TaskOptions options) =>
        CallSubOrchestratorAsync<TResult>(orchestratorName, null, options);

    /// <summary>Calls a sub-orchestration for its effect.</summary>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How it is run.</param>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        CallSubOrchestratorAsync<object?>(orchestratorName, input, options);

    /// <summary>Calls a sub-orchestration without an input for its effect.</summary>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="options">How it is run.</param>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, TaskOptions options) =>
        CallSubOrchestratorAsync(orchestratorName, null, options);

    /// <summary>A durable timer.</summary>
    /// <param name="fireAt">When it fires (UTC).</param>
    /// <param name="cancellationToken">Cancels the timer.</param>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>A durable timer.</summary>
    /// <param name="delay">After what time it fires.</param>
    /// <param name="cancellationToken">Cancels the timer.</param>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken) =>
        CreateTimer(CurrentUtcDateTime + delay, cancellationToken);

    /// <summary>Waits for an event.</summary>
    /// <typeparam name="T">Its payload.</typeparam>
    /// <param name="eventName">Its name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>Waits for an event for a limited time.</summary>
    /// <typeparam name="T">Its payload.</typeparam>
    /// <param name="eventName">Its name.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <exception cref="TaskCanceledException">The time was over before the event came.</exception>
    public Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout) =>
        WaitForExternalEvent<T>(eventName, timeout, CancellationToken.None);

    /// <summary>Waits for an event for a limited time.</summary>
    /// <typeparam name="T">Its payload.</typeparam>
    /// <param name="eventName">Its name.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="TaskCanceledException">The time was over before the event came, or the token fired.</exception>
    public async Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stopTimer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenSource stopWaiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task timer = CreateTimer(timeout, stopTimer.Token);
        Task<T> received = WaitForExternalEvent<T>(eventName, stopWaiting.Token);
        Task first = await Task.WhenAny(received, timer);

        // Cancelled on the orchestrator's own thread: CancelAsync would leave it.
        CancellationTokenSource loser = first == received ? stopTimer : stopWaiting;
#pragma warning disable CA1849
        loser.Cancel();
#pragma warning restore CA1849
        return await received;
    }

    /// <summary>Sends an event to another orchestration.</summary>
    /// <param name="instanceId">Its id.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="payload">The event's payload.</param>
    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>Ends this generation and starts over with an empty history.</summary>
    /// <param name="newInput">The next generation's input.</param>
    /// <param name="preserveUnprocessedEvents">Whether events that nobody has waited for are kept.</param>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <summary>Ends this generation and starts over with an empty history.</summary>
    /// <param name="options">How it starts over.</param>
    /// <exception cref="NotSupportedException">A new version was asked for, and this context cannot change it.</exception>
    public virtual void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.NewVersion is not null)
            throw new NotSupportedException($"{GetType()} cannot continue as another version.");
        ContinueAsNew(options.NewInput, options.PreserveUnprocessedEvents);
    }

    /// <summary>A logger that is silent in a replay.</summary>
    /// <param name="categoryName">Its category.</param>
    public virtual ILogger CreateReplaySafeLogger(string categoryName) =>
        new ReplaySafeLogger(this, LoggerFactory.CreateLogger(categoryName));

    /// <summary>A logger that is silent in a replay.</summary>
    /// <param name="type">The type that names its category.</param>
    public virtual ILogger CreateReplaySafeLogger(Type type) => new ReplaySafeLogger(this, LoggerFactory.CreateLogger(type));

    /// <summary>A logger that is silent in a replay.</summary>
    /// <typeparam name="T">The type that names its category.</typeparam>
    public virtual ILogger CreateReplaySafeLogger<T>() => new ReplaySafeLogger(this, LoggerFactory.CreateLogger<T>());

    /// <summary>Compares the version of the instance with another; no version comes before any other.</summary>
    /// <param name="version">The other version.</param>
    /// <returns>Below 0 if the instance's is older, 0 if they are the same, above 0 if it is newer.</returns>
    public virtual int CompareVersionTo(string version)
    {
        bool numbers = System.Version.TryParse(Version, out Version? own) & System.Version.TryParse(version, out Version? other);
        return numbers ? own!.CompareTo(other) : string.Compare(Version, version, StringComparison.OrdinalIgnoreCase);
    }
}
