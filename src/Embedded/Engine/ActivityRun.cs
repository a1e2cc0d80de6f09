using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Engine;

/// <summary>One delivery of an activity to its function, and its result back to the orchestration.</summary>
internal sealed class ActivityRun(DurableEngine engine, InstanceHeader instance, TaskScheduled task, CancellationToken hostStopping)
    : IFunctionWork
{
    /// <summary>Characters of the input that a description has.</summary>
    private const int MaxInput = 200;

    private readonly TaskCompletionSource _ended = new();

    public string Description =>
        $"activity {task.Name} of {instance.InstanceId}, given {(task.Input is { Length: > MaxInput } input ? input[..MaxInput] + "..." : task.Input ?? "nothing")}";

    /// <summary>Completes when the function has ended and its answer is on its way.</summary>
    public Task Ended => _ended.Task;

    public async Task RunAsync()
    {
        HistoryEvent? answer = await CallAsync();
        if (answer is not null)
            await engine.AnswerAsync(new Delivery(instance.InstanceId, Received(answer), instance.ExecutionId));
        engine.Activities.Finished(this);
        _ended.TrySetResult();
    }

    /// <summary>What the orchestration gets to hear of the answer.</summary>
    private HistoryEvent Received(HistoryEvent answer) => engine.Options.Faults?.WorkerDies() == true
        ? new TaskFailed(task.Id, TaskFailureDetails.FromException(Failures.WorkerDied()))
        : answer;

    private async Task<HistoryEvent?> CallAsync()
    {
        try
        {
            if (!engine.Functions.Activities.TryGetValue(task.Name, out ActivityFunction? function))
                throw new KeyNotFoundException($"No activity function is named '{task.Name}'.");
            object? result = await function(new ActivityInvocation(task.Name, instance.InstanceId, task.Input, hostStopping));
            return new TaskCompleted(task.Id, engine.Json.Serialize(result));
        }
        catch (OperationCanceledException) when (hostStopping.IsCancellationRequested)
        {
            // Not an outcome: the activity runs again after the restart.
            engine.Logger.LogInformation("Activity {Activity} of {Instance} stopped with the host", task.Name, instance.InstanceId);
            return null;
        }
#pragma warning disable CA1031 // Whatever an activity throws is its orchestration's to see.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new TaskFailed(task.Id, TaskFailureDetails.FromException(exception));
        }
    }
}

/// <summary>Starts activities in order, at most so many at one time.</summary>
internal sealed class ActivityQueue(DurableEngine engine, int limit)
{
    private readonly Lock _lock = new();
    private readonly Queue<ActivityRun> _waiting = new();
    private readonly HashSet<ActivityRun> _running = [];
    private bool _isClosed;

    public void Start(ActivityRun run)
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            if (_running.Count >= limit)
            {
                _waiting.Enqueue(run);
                return;
            }

            _running.Add(run);
        }

        engine.Schedule(run);
    }

    public void Finished(ActivityRun run)
    {
        ActivityRun? next;
        lock (_lock)
        {
            _running.Remove(run);
            if (_isClosed || !_waiting.TryDequeue(out next))
                return;
            _running.Add(next);
        }

        engine.Schedule(next);
    }

    /// <summary>Starts nothing more: what waits, and what comes, runs after a restart.</summary>
    public void Close()
    {
        lock (_lock)
            _isClosed = true;
    }

    /// <summary>The activities that run now.</summary>
    public ActivityRun[] Running
    {
        get
        {
            lock (_lock)
                return [.. _running];
        }
    }
}
