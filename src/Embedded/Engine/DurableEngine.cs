using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Engine;

/// <summary>
/// Runs orchestrations, entities and activities in this process, on a store. Every message is durable, with the state of who
/// sent it, before its receiver sees it.
/// </summary>
internal sealed class DurableEngine : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _hostStopping;
    private readonly Lock _startLock = new();
    private readonly List<IThreadPoolWorkItem> _held = [];
    private bool _hasRecovered;
    private volatile bool _hasStarted;
    private volatile bool _isDown;

    public DurableEngine(EngineOptions options, FunctionTable functions, TimeProvider time, ILoggerFactory loggers)
    {
        Options = options;
        Functions = functions;
        Time = time;
        Loggers = loggers;
        Logger = loggers.CreateLogger<DurableEngine>();
        Shims = new DurableTaskShimFactory(new DurableTaskWorkerOptions { DataConverter = Json, EnableEntitySupport = true }, loggers);
        Timers = new TimerQueue(time);
        Activities = new ActivityQueue(this, options.MaxConcurrentActivities);
        Instances = new InstanceTable(this);
        Entities = new EntityTable(this);
        Client = new EngineClient(this);
        _hostStopping = _stopping.Token;
    }

    public EngineOptions Options { get; }

    public FunctionTable Functions { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public ILogger Logger { get; }

    public IStore Store => Options.Store;

    /// <summary>Makes and reads the JSON that crosses the engine.</summary>
    public DataConverter Json => Options.Json;

    /// <summary>Makes what Microsoft's executor runs.</summary>
    public DurableTaskShimFactory Shims { get; }

    public TimerQueue Timers { get; }

    public ActivityQueue Activities { get; }

    public InstanceTable Instances { get; }

    public EntityTable Entities { get; }

    public DurableTaskClient Client { get; }

    /// <summary>Raised when the engine goes down because it, or its store, has failed.</summary>
    public event Action? Failed;

    /// <summary>Takes up what an earlier process left behind; it goes on when the engine starts. Does so once.</summary>
    /// <exception cref="UnusableStoreException">The store cannot be read.</exception>
    public void Recover()
    {
        if (_hasRecovered)
            return;
        Unfinished unfinished = Store.ReadUnfinished();
        foreach (string message in unfinished.Unreadable)
            Logger.LogError("{Unreadable}", message);
        Instances.Add(unfinished.Instances);
        foreach (Delivery delivery in unfinished.Deliveries)
            Deliver(delivery);
        foreach (EntityRequest request in unfinished.Requests)
            Deliver(request);
        LostAnswers lost = new(this, unfinished);
        foreach (InstanceHeader header in unfinished.Instances)
            Instances.Find(header.InstanceId)!.Recover(lost);
        _hasRecovered = true;
    }

    /// <summary>Takes up what an earlier process left behind, and begins to work.</summary>
    /// <exception cref="UnusableStoreException">The store cannot be read.</exception>
    public void Start()
    {
        Recover();
        lock (_startLock)
            _hasStarted = true;
        _held.ForEach(Schedule);
        _held.Clear();
    }

    /// <summary>Tells running activities that the host stops, and starts no more of them; all else goes on.</summary>
    /// <returns>Completes when all have been told.</returns>
    public Task StopActivitiesAsync()
    {
        Activities.Close();
        return _stopping.CancelAsync();
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

    /// <summary>
    /// Has work run. Until the engine has started, work only waits: what an earlier process left behind comes before anything that
    /// this one does.
    /// </summary>
    public void Schedule(IThreadPoolWorkItem item)
    {
        if (!_isDown && (_hasStarted || !TryHold(item)))
            Options.Scheduler.Schedule(item);
    }

    private bool TryHold(IThreadPoolWorkItem item)
    {
        lock (_startLock)
        {
            if (!_hasStarted)
                _held.Add(item);
            return !_hasStarted;
        }
    }

    public InstanceHeader NewInstance(TaskName name, object? input, StartOrchestrationOptions? options)
    {
        DateTimeOffset now = Time.GetUtcNow();
        string instanceId = options?.InstanceId ?? NewId();
        InstanceIds.Check(instanceId);
        return new InstanceHeader
        {
            InstanceId = instanceId,
            Name = name.Name,
            ExecutionId = NewId(),
            Status = OrchestrationRuntimeStatus.Pending,
            CreatedAt = now,
            UpdatedAt = now,
            Input = Json.Serialize(input),
            Version = options?.Version?.Version,
            StartAt = options?.StartAt,
            Tags = options?.Tags?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
        };
    }

    /// <summary>Makes a commit durable and then calls <paramref name="done"/>; a store that fails takes the engine down.</summary>
    public void Commit(Commit commit, Action done)
    {
        if (_isDown)
            return;
        Store.Commit(commit, failure =>
        {
            if (failure is not null)
                Fail(failure);
            else if (!_isDown)
                done();
        });
    }

    /// <summary>Makes durable and lets out what a client asks for.</summary>
    /// <exception cref="InstanceKeptException">It would have replaced an ended instance that is to be kept.</exception>
    public Task SubmitAsync(Commit commit)
    {
        ObjectDisposedException.ThrowIf(_isDown, this);
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.Commit(commit, failure =>
        {
            if (failure is not null)
            {
                if (failure is not InstanceKeptException)
                    Fail(failure);
                done.SetException(failure);
                return;
            }

            if (!_isDown)
                Publish(commit);
            done.SetResult();
        });
        return done.Task;
    }

    /// <summary>Goes down: going on with what the store may not have would break what the engine promises.</summary>
    public void Fail(Exception failure)
    {
        if (_isDown)
            return;
        _isDown = true;
        Logger.LogCritical(failure, "The engine failed; nothing runs until the process is started again");
        Failed?.Invoke();
    }

    /// <summary>Lets out what a durable commit has to say to others.</summary>
    public void Publish(Commit commit)
    {
        foreach (InstanceHeader header in commit.Started)
            Instances.Find(header.InstanceId)?.Open();
        foreach (Delivery delivery in commit.Deliveries)
            Send(delivery);
        foreach (EntityRequest request in commit.Requests)
            Send(request);
    }

    /// <summary>Lets out what a turn or a batch has to say to others, and has it happen again after a pause: the rest of it is lost.</summary>
    /// <param name="lost">What it would have committed.</param>
    /// <param name="pause">How much later it happens again.</param>
    /// <param name="again">Has it happen again.</param>
    /// <param name="sent">Called as soon as the messages are out.</param>
    public void Repeat(Commit lost, TimeSpan pause, Action again, Action sent)
    {
        Commit messages = lost.ToMessages();
        Instances.Reserve(messages);
        Commit(messages, () =>
        {
            Publish(messages);
            Timers.Add(Time.GetUtcNow() + pause, again);
            sent();
        });
    }

    /// <summary>Has a message on its way to its orchestration.</summary>
    public void Send(Delivery delivery)
    {
        if (Options.Faults is not { } faults)
        {
            Deliver(delivery);
            return;
        }

        foreach (TimeSpan delay in faults.MessageDelays())
            RunAfter(delay, () => Deliver(delivery));
    }

    /// <summary>Hands on the answer of an activity. While the host stops no turn may come to take it, so it goes into the store.</summary>
    public Task AnswerAsync(Delivery answer)
    {
        if (_isDown)
            return Task.CompletedTask;
        if (!_hostStopping.IsCancellationRequested && Options.Faults is not { KeepsAnswers: true })
        {
            Send(answer);
            return Task.CompletedTask;
        }

        Commit commit = new();
        commit.Deliveries.Add(answer);
        return SubmitAsync(commit);
    }

    private void Send(EntityRequest request)
    {
        if (Options.Faults is { } faults)
            RunAfter(faults.OperationDelay(request.Target), () => Deliver(request));
        else
            Deliver(request);
    }

    private void RunAfter(TimeSpan delay, Action action)
    {
        if (delay > TimeSpan.Zero)
            Timers.Add(Time.GetUtcNow() + delay, action);
        else
            action();
    }

    /// <summary>Hands a message to its orchestration; one that has ended or never was drops it.</summary>
    private void Deliver(Delivery delivery)
    {
        if (_isDown)
            return;
        if (Instances.Find(delivery.Target) is { } instance)
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
            Timers.Add(notBefore, () => Deliver(request));
        else
            Entities.Deliver(request);
    }

    public void StartActivity(InstanceHeader instance, TaskScheduled activity)
    {
        int runs = Options.Faults?.ActivityRuns() ?? 1;
        for (int run = 0; run < runs; run++)
            Activities.Start(new ActivityRun(this, instance, activity, _hostStopping));
    }

    public void Dispose()
    {
        Timers.Dispose();
        _stopping.Dispose();
    }
}
