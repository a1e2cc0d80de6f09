using System.Collections.Immutable;
using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Engine;

/// <summary>What one turn of an orchestration did: the commit that makes it durable, and what follows once it is.</summary>
internal sealed class Turn(InstanceHeader before, DateTimeOffset now, Func<string> newId)
{
    public Commit Commit { get; } = new();

    /// <summary>Activities to start.</summary>
    public List<TaskScheduled> Activities { get; } = [];

    public List<TimerCreated> Timers { get; } = [];

    public InstanceHeader After => Commit.Header ?? before;

    /// <summary>Writes down what has arrived, and whether the code ran now, on these messages.</summary>
    public void Begin(IEnumerable<HistoryEvent> arrived, bool runsCode)
    {
        if (runsCode)
            Commit.History.Add(new TurnStarted(now.UtcDateTime));
        Commit.History.AddRange(arrived);
    }

    /// <summary>Sorts the code's decisions into what is sent and what is started.</summary>
    public void Decide(IEnumerable<Decision> decisions)
    {
        foreach (Decision decision in decisions)
        {
            Commit.History.Add(decision);
            switch (decision)
            {
                case TaskScheduled activity:
                    Activities.Add(activity);
                    break;
                case TimerCreated timer:
                    Timers.Add(timer);
                    break;
                case ChildStarted child:
                    Commit.Started.Add(NewChild(child));
                    break;
                case EventSent sent:
                    Commit.Deliveries.Add(new Delivery(sent.Target, new EventRaised(sent.Name, sent.Payload)));
                    break;
                case EntityCalled called:
                    Commit.Requests.Add(new EntityRequest(
                        called.Entity,
                        called.Operation,
                        called.Input,
                        new EntityCaller(before.InstanceId, before.ExecutionId, called.Id),
                        Sender: before.InstanceId));
                    break;
                case EntitySignaled signaled:
                    Commit.Requests.Add(new EntityRequest(
                        signaled.Entity, signaled.Operation, signaled.Input, NotBefore: signaled.NotBefore, Sender: before.InstanceId));
                    break;
            }
        }
    }

    private InstanceHeader NewChild(ChildStarted child) => new()
    {
        InstanceId = child.InstanceId,
        Name = child.Name,
        ExecutionId = newId(),
        Status = OrchestrationRuntimeStatus.Pending,
        CreatedAt = now,
        UpdatedAt = now,
        Input = child.Input,
        Version = child.Version,
        Parent = new ParentLink(before.InstanceId, before.Name, before.ExecutionId, child.Id),
        Tags = ImmutableDictionary<string, string>.Empty,
    };

    /// <summary>The instance goes on or ends, as its code says.</summary>
    /// <param name="progress">What the code came to.</param>
    /// <param name="status">The status of an instance that goes on.</param>
    /// <param name="isFirst">
    /// Whether the turn is the first of its execution. As on the real engine, it keeps the custom status that the execution before has set;
    /// later turns have what their own execution has set.
    /// </param>
    public void Conclude(Progress progress, OrchestrationRuntimeStatus status, bool isFirst)
    {
        string? customStatus = progress.CustomStatus ?? (isFirst ? before.CustomStatus : null);
        switch (progress.End)
        {
            case null:
                Continue(status, customStatus);
                break;
            case { OrchestrationStatus: OrchestrationStatus.ContinuedAsNew } end:
                ContinueAsNew(end, status, progress.CustomStatus);
                break;
            case { OrchestrationStatus: OrchestrationStatus.Completed } end:
                Complete(end.Result, customStatus);
                break;
            case { OrchestrationStatus: OrchestrationStatus.Failed, FailureDetails: { } failure }:
                Fail(failure.ToStored(), customStatus);
                break;
            case { } end:
                throw new NotSupportedException($"The Durable Task SDK ends an orchestration as {end.OrchestrationStatus}, which this engine does not know.");
        }
    }

    private void Continue(OrchestrationRuntimeStatus status, string? customStatus)
    {
        if (Commit.History.Count > 0)
            Commit.Header = before with { Status = status, CustomStatus = customStatus, UpdatedAt = now };
    }

    private void Complete(string? output, string? customStatus) => End(before with
    {
        Status = OrchestrationRuntimeStatus.Completed,
        Output = output,
        CustomStatus = customStatus,
    });

    public void Fail(TaskFailureDetails failure, string? customStatus) => End(before with
    {
        Status = OrchestrationRuntimeStatus.Failed,
        Failure = failure,
        CustomStatus = customStatus,
    });

    /// <param name="orphans">Ids of sub-orchestrations that are to be terminated with the instance.</param>
    public void Terminate(Terminated terminated, string? customStatus, IEnumerable<string> orphans)
    {
        Commit.History.Add(terminated);
        Commit.Deliveries.AddRange(orphans.Select(orphan => new Delivery(orphan, new Terminated(null, Recursive: true))));
        End(before with
        {
            Status = OrchestrationRuntimeStatus.Terminated,
            Output = terminated.Output,
            CustomStatus = customStatus,
        });
    }

    private void End(InstanceHeader after)
    {
        Commit.Header = after with { UpdatedAt = now };
        if (before.Parent is { } parent)
            Commit.Deliveries.Add(new Delivery(parent.InstanceId, AnswerOf(after, parent.TaskId), parent.ExecutionId));
    }

    /// <summary>What the parent of a sub-orchestration that has ended gets to hear.</summary>
    public static HistoryEvent AnswerOf(InstanceHeader ended, int taskId) => ended.Status switch
    {
        OrchestrationRuntimeStatus.Completed => new TaskCompleted(taskId, ended.Output),
        OrchestrationRuntimeStatus.Failed => new TaskFailed(taskId, ended.Failure!),
        _ => new TaskFailed(taskId, TaskFailureDetails.FromException(
            new OperationCanceledException($"Sub-orchestration '{ended.InstanceId}' was terminated."))),
    };

    /// <summary>
    /// The instance begins again with a new input. Events that nobody took are the first entries of its new history, so that they
    /// come before any that arrive later.
    /// </summary>
    private void ContinueAsNew(OrchestrationCompleteOrchestratorAction end, OrchestrationRuntimeStatus status, string? customStatus)
    {
        Commit.History.Clear();
        Commit.ResetHistory = true;
        Commit.Header = before with
        {
            ExecutionId = newId(),
            Status = status,
            Input = end.Result,
            Version = end.NewVersion ?? before.Version,
            CustomStatus = customStatus,
            UpdatedAt = now,
        };
        Commit.History.AddRange(end.CarryoverEvents.OfType<EventRaisedEvent>().Select(carried => new EventRaised(carried.Name!, carried.Input)));
    }
}
