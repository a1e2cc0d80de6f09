using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>
/// The one entity that keeps the app's mode: the entity function <see cref="PreemptFunctions.Switch"/>. With every change it starts
/// the orchestration that tells the runs.
/// </summary>
internal sealed class AppSwitch : TaskEntity<AppState>
{
    /// <summary>Requests that are remembered.</summary>
    private const int MaxRequests = 16;

    internal static readonly EntityInstanceId Id = new(PreemptFunctions.Switch, "app");

    /// <summary>Changes the mode.</summary>
    /// <param name="request">What is asked.</param>
    public void Set(AppModeRequest request)
    {
        if (State.Knows(request))
            return;
        State = State with { Requests = [.. State.Requests.TakeLast(MaxRequests - 1), request.Id] };
        if (request.Mode == AppMode.Running && State.Mode == AppMode.Running)
            return;
        AppMode mode = State.Mode != AppMode.Running && request.Mode == AppMode.Draining ? AppMode.Stopping : request.Mode;
        State = State with
        {
            Mode = mode,
            Refuse = mode != AppMode.Running && request.Refuse,
            Since = request.Now,
            Generation = State.Generation + 1,
        };
        Context.ScheduleNewOrchestration(
            PreemptFunctions.ApplyMode, State, new StartOrchestrationOptions(InstanceOf(State.Generation)));
    }

    /// <summary>Notes whether a rule has limits that were changed at run time. An order that comes late changes nothing.</summary>
    public void NoteLimits(LimitedRule rule)
    {
        if (State.Limited.GetValueOrDefault(rule.Rule) > rule.Number)
            return;
        State = State with { Limited = rule.IsLimited ? State.Limited.SetItem(rule.Rule, rule.Number) : State.Limited.Remove(rule.Rule) };
    }

    /// <summary>Reads the mode.</summary>
    /// <returns>The app's state.</returns>
    public AppState Get() => State;

    /// <summary>The orchestration that tells the runs of one change.</summary>
    internal static string InstanceOf(long generation) => FormattableString.Invariant($"{KeptIds.ModeChanges}{generation}");

    /// <inheritdoc />
    protected override AppState InitializeState(TaskEntityOperation entityOperation) => new();
}
