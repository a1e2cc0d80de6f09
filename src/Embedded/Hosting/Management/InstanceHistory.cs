using System.Text.Json.Nodes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>
/// The history of an instance as the API shows it: what was scheduled is shown with its result, once there is one. Times are
/// those of the turns in which things were decided or arrived.
/// </summary>
internal sealed class InstanceHistory(OrchestrationMetadata instance, bool showOutput)
{
    private readonly Dictionary<int, (Decision Decision, DateTime At)> _open = [];
    private DateTime _now = instance.CreatedAt.UtcDateTime;

    public JsonArray Show(IEnumerable<HistoryEvent> history)
    {
        List<JsonObject> shown = [Event("ExecutionStarted", ("FunctionName", instance.Name))];
        foreach (HistoryEvent happened in history)
        {
            if (happened is TurnStarted turn) _now = turn.At;
            if (happened is Decision decision) _open[decision.Id] = (decision, _now);
            if (Show(happened) is { } entry) shown.Add(entry);
        }

        if (instance.IsCompleted && instance.RuntimeStatus != OrchestrationRuntimeStatus.Terminated)
        {
            _now = instance.LastUpdatedAt.UtcDateTime;
            shown.Add(Event(
                "ExecutionCompleted",
                ("OrchestrationStatus", instance.RuntimeStatus.ToString()),
                ("Result", Output(InstanceStatus.OutputOf(instance)?.GetRawText()))));
        }

        return [.. shown];
    }

    private JsonObject? Show(HistoryEvent happened) => happened switch
    {
        TaskCompleted completed => Ended(completed.Id, "Completed", ("Result", Output(completed.Result))),
        TaskFailed failed => Ended(failed.Id, "Failed", ("Reason", Reason(failed.Failure)), ("Details", failed.Failure.StackTrace)),
        TimerCreated timer => Event("TimerCreated", ("FireAt", timer.DueAt)),
        TimerFired fired => Event("TimerFired", ("FireAt", ((TimerCreated)_open[fired.Id].Decision).DueAt)),
        EventRaised raised => Event("EventRaised", ("Name", raised.Name), ("Input", Output(raised.Payload))),
        EventSent sent => Event("EventSent", ("Name", sent.Name), ("InstanceId", sent.Target), ("Input", Output(sent.Payload))),
        EntitySignaled signal => Event("EntityOperationSignaled", ("EntityId", signal.Entity), ("Operation", signal.Operation)),
        Suspended suspended => Event("ExecutionSuspended", ("Reason", suspended.Reason)),
        Resumed resumed => Event("ExecutionResumed", ("Reason", resumed.Reason)),
        Terminated terminated => Event("ExecutionTerminated", ("Input", Output(terminated.Output))),
        _ => null,
    };

    private JsonObject? Ended(int id, string how, params (string Name, JsonNode? Value)[] values)
    {
        (Decision decision, DateTime scheduled) = _open[id];
        (string kind, string name) = decision switch
        {
            TaskScheduled task => ("Task", task.Name),
            ChildStarted child => ("SubOrchestrationInstance", child.Name),
            EntityCalled call => ("EntityOperation", $"{call.Entity} {call.Operation}"),
            _ => throw new InvalidOperationException($"A {decision.GetType().Name} has no result."),
        };
        return Event(kind + how, [("FunctionName", name), .. values, ("ScheduledTime", scheduled)]);
    }

    /// <summary>Results and payloads are shown when they were asked for.</summary>
    private JsonNode? Output(string? json) => showOutput && json is not null ? Payload.ToNode(json) : null;

    private JsonObject Event(string type, params (string Name, JsonNode? Value)[] values)
    {
        JsonObject shown = new() { ["EventType"] = type };
        foreach ((string name, JsonNode? value) in values)
        {
            if (value is not null) shown[name] = value;
        }

        shown["Timestamp"] = _now;
        return shown;
    }

    private static string Reason(TaskFailureDetails failure) => $"{failure.ErrorType}: {failure.ErrorMessage}";
}
