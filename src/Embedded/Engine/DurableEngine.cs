using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Engine;

/// <summary>
/// Runs orchestrations, entities and activities in this process, on a store. Every message is durable, with the state of who
/// sent it, before its receiver sees it.
/// </summary>
internal sealed class DurableEngine : IDisposable
{
    private readonly ConcurrentDictionary<string, OrchestrationInstance> _live = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, EntityInstance> _entities = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private volatile bool _isDown;

    public DurableEngine(EngineOptions options, FunctionTable functions, TimeProvider time, ILoggerFactory loggers)
    {
        Options = options;
        Functions = functions;
        Time = time;
        Loggers = loggers;
        Logger = loggers.CreateLogger<DurableEngine>();
        Timers = new TimerQueue(time);
        Activities = new ActivityQueue(this, options.MaxConcurrentActivities);
        Client = new EngineClient(this);
    }

    public EngineOptions Options { get; }

    public FunctionTable Functions { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public ILogger Logger { get; }

    public IStore Store => Options.Store;

    public TimerQueue Timers { get; }

    public ActivityQueue Activities { get; }

    public DurableTaskClient Client { get; }

    /// <summary>Takes up what an earlier process left behind, and begins to work.</summary>
    public void Start()
    {
        Unfinished unfinished = Store.ReadUnfinished();
        foreach (InstanceHeader header in unfinished.Instances)
        {
            OrchestrationInstance instance = new(this, header) { IsStarted = true };
            _live[header.InstanceId] = instance;
            instance.Recover();
        }

        foreach (Delivery delivery in unfinished.Deliveries)
            Deliver(delivery);
        foreach (EntityRequest request in unfinished.Requests)
            Deliver(request);
        foreach (InstanceHeader header in unfinished.Instances)
            Open(header);
    }

    /// <summary>Tells running activities that the host stops, and starts no more of them; all else goes on.</summary>
    public void StopActivities()
    {
        Activities.Close();
        _ = _stopping.CancelAsync();
    }

    /// <summary>Waits for the activities that still run, until the deadline, and then stops.</summary>
    public async Task StopAsync(CancellationToken deadline)
    {
        try
        {
            await Task.WhenAll(Activities.Running.Select(run => run.Ended)).WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            Logger.LogWarning("{Count} activities outlived the host's time to stop; they run again after a restart", Activities.Running.Length);
        }

        _isDown = true;
    }

    /// <summary>Drops everything that is not in the store, as a killed process does.</summary>
    public void Kill()
    {
        _isDown = true;
        Dispose();
    }

    public string NewId() => Options.NewId();

    public void Schedule(IThreadPoolWorkItem item)
    {
        if (!_isDown)
            Options.Scheduler.Schedule(item);
    }

    public OrchestratorFunction FindOrchestrator(string name) =>
        Functions.Orchestrators.TryGetValue(name, out OrchestratorFunction? function) ? function : throw new KeyNotFoundException(name);

    public InstanceHeader NewInstance(TaskName name, object? input, StartOrchestrationOptions? options)
    {
        DateTimeOffset now = Time.GetUtcNow();
        return new InstanceHeader
        {
            InstanceId = options?.InstanceId ?? NewId(),
            Name = name.Name,
            ExecutionId = NewId(),
            Status = OrchestrationRuntimeStatus.Pending,
            CreatedAt = now,
            UpdatedAt = now,
            Input = OrchestrationExecutor.Serialize(input),
            Version = options?.Version?.Version,
            StartAt = options?.StartAt,
            Tags = options?.Tags?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
        };
    }

    /// <summary>The instance, once its start is durable and until its end is.</summary>
    public OrchestrationInstance? FindLive(string instanceId) =>
        _live.GetValueOrDefault(instanceId) is { IsStarted: true } instance ? instance : null;

    /// <summary>The header of an instance, live or ended; null when there is none.</summary>
    public InstanceHeader? FindHeader(string instanceId) => FindLive(instanceId)?.Header ?? Store.FindInstance(instanceId);

    /// <summary>Takes an id for an instance that is about to start; false when an instance of that id has not ended.</summary>
    public bool TryReserve(InstanceHeader header) => _live.TryAdd(header.InstanceId, new OrchestrationInstance(this, header));

    public void Release(InstanceHeader header) => _live.TryRemove(header.InstanceId, out _);

    /// <summary>
    /// Takes the ids of all instances that a turn starts. One whose id is taken does not start: a parent is told, an entity
    /// wanted it to run and it does.
    /// </summary>
    public void Reserve(Commit commit)
    {
        for (int i = commit.Started.Count - 1; i >= 0; i--)
        {
            InstanceHeader header = commit.Started[i];
            if (TryReserve(header))
                continue;
            commit.Started.RemoveAt(i);
            if (header.Parent is { } parent)
            {
                TaskFailureDetails failure = TaskFailureDetails.FromException(EngineClient.AlreadyRuns(header.InstanceId));
                commit.Deliveries.Add(new Delivery(parent.InstanceId, new TaskFailed(parent.TaskId, failure), parent.ExecutionId));
            }
        }
    }

    /// <summary>Makes a commit durable and then calls <paramref name="done"/>; a store that fails takes the engine down.</summary>
    public void Commit(Commit commit, Action done)
    {
        if (_isDown)
            return;
        Store.Commit(commit, failure =>
        {
            if (_isDown)
                return;
            if (failure is null)
                done();
            else
                Fail(failure);
        });
    }

    /// <summary>Makes durable and lets out what a client asks for.</summary>
    public Task SubmitAsync(Commit commit)
    {
        ObjectDisposedException.ThrowIf(_isDown, this);
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Commit(commit, () =>
        {
            Publish(commit);
            done.SetResult();
        });
        return done.Task;
    }

    private void Fail(Exception failure)
    {
        _isDown = true;
        Logger.LogCritical(failure, "The store failed; nothing runs until the process is started again");
    }

    /// <summary>Lets out what a durable commit has to say to others.</summary>
    public void Publish(Commit commit)
    {
        foreach (InstanceHeader header in commit.Started)
            Open(header);
        foreach (Delivery delivery in commit.Deliveries)
            Deliver(delivery);
        foreach (EntityRequest request in commit.Requests)
            Deliver(request);
    }

    private void Open(InstanceHeader header)
    {
        if (_live.GetValueOrDefault(header.InstanceId) is not { } instance)
            return;
        instance.IsStarted = true;
        if (header.Status == OrchestrationRuntimeStatus.Pending && header.StartAt is { } startAt && startAt > Time.GetUtcNow())
            Timers.Add(startAt, () => instance.Open(run: true));
        else
            instance.Open(run: true);
    }

    /// <summary>Hands a message to its orchestration; one that has ended or never was drops it.</summary>
    public void Deliver(Delivery delivery)
    {
        if (_isDown)
            return;
        if (FindLive(delivery.Target) is { } instance)
            instance.Deliver(delivery);
        else
            Drop([delivery]);
    }

    /// <summary>Forgets stored messages whose orchestration has ended.</summary>
    public void Drop(IReadOnlyList<Delivery> deliveries)
    {
        Commit drop = new();
        drop.Consumed.AddRange(deliveries.Where(delivery => delivery.Sequence != 0).Select(delivery => delivery.Sequence));
        if (drop.Consumed.Count > 0)
            Commit(drop, static () => { });
    }

    private void Deliver(EntityRequest request)
    {
        if (_isDown)
            return;
        if (request.NotBefore is { } notBefore && notBefore > Time.GetUtcNow())
        {
            Timers.Add(notBefore, () => Deliver(request));
            return;
        }

        while (!_entities.GetOrAdd(request.Target, id => new EntityInstance(this, id)).TryDeliver(request))
        {
            // The object that was found has just gone out of use; the next one takes the operation.
        }
    }

    public void StartActivity(InstanceHeader instance, TaskScheduled activity) =>
        Activities.Start(new ActivityRun(this, instance, activity, _stopping.Token));

    public void Forget(OrchestrationInstance instance) =>
        _live.TryRemove(new KeyValuePair<string, OrchestrationInstance>(instance.Header.InstanceId, instance));

    public bool Forget(string entityId, EntityInstance entity) =>
        _entities.TryRemove(new KeyValuePair<string, EntityInstance>(entityId, entity));

    public void Dispose()
    {
        Timers.Dispose();
        _stopping.Dispose();
    }
}
