using System.Globalization;
using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.Entities;
using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.Logging.Abstractions;
using Preempt.Embedded.Engine;
using CoreEvent = DurableTask.Core.History.HistoryEvent;

namespace Preempt.Tests.Histories;

/// <summary>
/// Plays a recorded history on today's code, in Microsoft's executor: each turn as an engine does, the turns before it replayed and its own
/// messages new. Says what the code decides then, and what it decided when it was recorded.
/// </summary>
public sealed class HistoryReplay(RecordedHistory recorded) : ITaskOrchestrator
{
    private static readonly TaskOrchestrationEntityParameters EntityParameters = new() { EntityMessageReorderWindow = TimeSpan.Zero };

    private static readonly DurableTaskShimFactory Shims = new(
        new DurableTaskWorkerOptions { DataConverter = WorkerJson.Default, EnableEntitySupport = true }, NullLoggerFactory.Instance);

    private static readonly WorkflowRegistry Registry = new PreemptBuilder()
        .AddTypes(typeof(RecordedWorkflow).Assembly.GetTypes().Where(type => type.Namespace == typeof(RecordedWorkflow).Namespace))
        .Build(new PreemptOptions());

    public Type InputType => typeof(object);

    public Type OutputType => typeof(object);

    /// <summary>One turn: what was decided on it when it was recorded, and what today's code decides.</summary>
    /// <param name="At">The turn's time.</param>
    /// <param name="Recorded">The decisions of then.</param>
    /// <param name="Replayed">The decisions of now.</param>
    public sealed record Turn(DateTime At, IReadOnlyList<string> Recorded, IReadOnlyList<string> Replayed);

    public IEnumerable<Turn> Play()
    {
        CoreEvent[] events = [.. recorded.Events];
        int[] starts = [.. events.Index().Where(entry => entry.Item is OrchestratorStartedEvent).Select(entry => entry.Index)];
        foreach ((int index, int start) in starts.Index())
        {
            int end = index + 1 < starts.Length ? starts[index + 1] : events.Length;
            CoreEvent[] turn = events[start..end];
            List<string> decided = [.. turn.Select(Describe).OfType<string>()];
            if (end == events.Length && recorded.Status is "Completed" or "Failed")
                decided.Add(Ended(recorded.Status, recorded.Outcome));
            yield return new Turn(events[start].Timestamp, decided, Execute(events[..start], turn.Where(happened => Describe(happened) is null)));
        }
    }

    private List<string> Execute(IEnumerable<CoreEvent> past, IEnumerable<CoreEvent> arrived)
    {
        OrchestrationRuntimeState state = new([.. past.Select(Fresh)]);
        foreach (CoreEvent happened in arrived.Select(Fresh))
            state.AddEvent(happened);
        TaskOrchestrationExecutor executor = new(
            state, Shims.CreateOrchestration(recorded.Function, this), BehaviorOnContinueAsNew.Carryover, EntityParameters, ErrorPropagationMode.UseFailureDetails);
        return [.. executor.Execute().Actions.Select(Describe)];
    }

    /// <summary>An event that no executor has marked as played.</summary>
    private static CoreEvent Fresh(CoreEvent happened)
    {
        happened.IsPlayed = false;
        return happened;
    }

    async Task<object?> ITaskOrchestrator.RunAsync(TaskOrchestrationContext context, object? input)
    {
        InstanceHeader header = new()
        {
            InstanceId = recorded.InstanceId,
            Name = recorded.Function,
            ExecutionId = "",
            Status = Microsoft.DurableTask.Client.OrchestrationRuntimeStatus.Running,
            CreatedAt = default,
            UpdatedAt = default,
            Input = recorded.Events.OfType<ExecutionStartedEvent>().Single().Input,
        };
        GuardedContext guarded = new(context, header, WorkerJson.Default, NullLoggerFactory.Instance, static () => { });
        return recorded.Function switch
        {
            PreemptFunctions.Run => await WorkflowRunner.RunAsync(guarded, Registry),
            nameof(RecordedFunctions.RecordedOrchestrator) => await RecordedFunctions.RecordedOrchestrator(guarded),
            _ => throw new NotSupportedException($"No recorded orchestrator is named '{recorded.Function}'."),
        };
    }

    /// <summary>A decision in words; null for an event that is none. What is sent may gain members; to whom, and in which order, may not change.</summary>
    private static string? Describe(CoreEvent happened) => happened switch
    {
        TaskScheduledEvent task => Activity(task.EventId, task.Name),
        TimerCreatedEvent timer => Timer(timer.EventId, timer.FireAt),
        SubOrchestrationInstanceCreatedEvent child => Child(child.EventId, child.Name, child.InstanceId),
        EventSentEvent sent => Sent(sent.EventId, sent.InstanceId, sent.Name, sent.Input),
        _ => null,
    };

    private static string Describe(OrchestratorAction action) => action switch
    {
        ScheduleTaskOrchestratorAction task => Activity(task.Id, task.Name),
        CreateTimerOrchestratorAction timer => Timer(timer.Id, timer.FireAt),
        CreateSubOrchestrationAction child => Child(child.Id, child.Name, child.InstanceId),
        SendEventOrchestratorAction sent => Sent(sent.Id, sent.Instance!.InstanceId, sent.EventName, sent.EventData),
        OrchestrationCompleteOrchestratorAction end => Ended(
            end.OrchestrationStatus.ToString(), end.FailureDetails is { } failure ? Reason(failure) : RecordedHistory.StatusIn(end.Result)),
        _ => throw new NotSupportedException($"The Durable Task SDK asks for a {action.GetType().Name}."),
    };

    /// <summary>Why the code failed; with the engine's sentence where it was the engine that gave it up.</summary>
    private static string Reason(FailureDetails failure) =>
        failure.ErrorMessage.Contains("Non-Deterministic", StringComparison.Ordinal) ? failure.ErrorMessage : failure.ErrorType;

    private static string Activity(int id, string? name) => Number(id, $"activity {name}");

    private static string Timer(int id, DateTime due) => Number(id, string.Create(CultureInfo.InvariantCulture, $"timer {due.ToUniversalTime():O}"));

    private static string Child(int id, string? name, string? instanceId) => Number(id, $"child {name} {instanceId}");

    private static string Sent(int id, string? target, string? name, string? data)
    {
        if (target is not ['@', ..] || data is null)
            return Number(id, $"event {name} to {target}");
        EntityMessage message = System.Text.Json.JsonSerializer.Deserialize<EntityMessage>(data)!;
        return Number(id, $"{(message.IsSignal ? "signal" : "call")} {message.Operation} to {target}");
    }

    private static string Ended(string status, string? outcome) => $"end {status} {outcome}".TrimEnd();

    private static string Number(int id, string decision) => string.Create(CultureInfo.InvariantCulture, $"#{id} {decision}");
}
