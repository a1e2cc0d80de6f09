using System.Text;
using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.Entities;
using Microsoft.DurableTask;
using CoreEvent = DurableTask.Core.History.HistoryEvent;

namespace Preempt.Embedded.Engine;

/// <summary>What a turn of an orchestrator's code came to.</summary>
/// <param name="Decisions">What it decided, in order.</param>
/// <param name="End">How it ended; null while it has not, or while an activity, a sub-orchestration or a timer of its is open.</param>
/// <param name="CustomStatus">What it said of itself, as JSON; null while it has said nothing.</param>
internal sealed record Progress(IReadOnlyList<Decision> Decisions, OrchestrationCompleteOrchestratorAction? End, string? CustomStatus);

/// <summary>
/// An orchestrator's code in memory, run and replayed by Microsoft's <see cref="TaskOrchestrationExecutor"/>. Not safe for use from two
/// threads at once; a turn uses it alone.
/// </summary>
internal sealed class OrchestratorCode : ITaskOrchestrator
{
    /// <summary>The most that a custom status may take in UTF-16, as on Azure Storage.</summary>
    public const int MaxCustomStatusBytes = 16 * 1024;

    /// <summary>Lets orchestrations use entities. This engine keeps messages in order, so none waits for an earlier one.</summary>
    private static readonly TaskOrchestrationEntityParameters EntityParameters = new() { EntityMessageReorderWindow = TimeSpan.Zero };

    private readonly InstanceHeader _header;
    private readonly OrchestratorFunction _function;
    private readonly DurableEngine _engine;
    private readonly Action _onStrayed;
    private readonly CoreHistory _history;
    private readonly OrchestrationRuntimeState _state;
    private TaskOrchestrationExecutor? _executor;
    private GuardedContext? _context;
    private volatile bool _hasStrayed;

    /// <param name="history">What the store has of this execution.</param>
    /// <param name="onStrayed">Called, from any thread, when the code was found on a thread that is not the orchestrator's.</param>
    public OrchestratorCode(
        InstanceHeader header, OrchestratorFunction function, DurableEngine engine, IEnumerable<HistoryEvent> history, Action onStrayed)
    {
        _header = header;
        _function = function;
        _engine = engine;
        _onStrayed = onStrayed;
        _history = new CoreHistory(header);
        _state = new OrchestrationRuntimeState([.. _history.Read(history)]);
    }

    /// <summary>The input is read by <see cref="GuardedContext"/>, as the type that the code asks for.</summary>
    public Type InputType => typeof(object);

    public Type OutputType => typeof(object);

    /// <summary>Whether the code has run, in this process or before.</summary>
    public bool HasStarted => _history.HasBegun;

    /// <summary>Whether an answer to this decision is still awaited.</summary>
    public bool IsOpen(int id) => _history.IsOpen(id);

    /// <summary>Whether the next turn can go on with the code in memory: the executor forgets between turns that the code continues as new.</summary>
    public bool StaysInMemory => _context?.ContinuesAsNew != true;

    async Task<object?> ITaskOrchestrator.RunAsync(TaskOrchestrationContext context, object? input)
    {
        _context = new GuardedContext(context, _header, _engine.Json, _engine.Loggers, OnStrayed);
        try
        {
            return await _function(_context);
        }
        finally
        {
            if (!OrchestrationContext.IsOrchestratorThread)
                OnStrayed();
        }
    }

    private void OnStrayed()
    {
        _hasStrayed = true;
        _onStrayed();
    }

    /// <summary>Runs the code on what is new, after a replay of the history where it is not in memory.</summary>
    /// <param name="arrived">New entries of the history.</param>
    /// <exception cref="InvalidOperationException">The code waits for something that is not durable.</exception>
    /// <exception cref="ArgumentException">The custom status is too long.</exception>
    public Progress Advance(IEnumerable<HistoryEvent> arrived)
    {
        foreach (CoreEvent happened in _history.Read(arrived))
            _state.AddEvent(happened);
        if (!_history.HasBegun)
            return new Progress([], null, null);
        OrchestratorExecutionResult result = _executor is { } inMemory ? inMemory.ExecuteNewEvents() : (_executor = NewExecutor()).Execute();
        Forget();
        Progress progress = Read(result);
        _history.Note(progress.Decisions);
        Check(progress);
        return progress;
    }

    /// <summary>Made once the state says which instance it is.</summary>
    private TaskOrchestrationExecutor NewExecutor()
    {
        ParentOrchestrationInstance? parent =
            _header.Parent is { } link ? new ParentOrchestrationInstance(link.Name, link.InstanceId) : null;
        return new TaskOrchestrationExecutor(
            _state,
            _engine.Shims.CreateOrchestration(_header.Name, this, parent),
            BehaviorOnContinueAsNew.Carryover,
            EntityParameters,
            ErrorPropagationMode.UseFailureDetails);
    }

    /// <summary>Frees what the executor has taken in: its code is in memory now, and the store has the history.</summary>
    private void Forget()
    {
        _state.Events.Clear();
        _state.PastEvents.Clear();
        _state.NewEvents.Clear();
    }

    private static Progress Read(OrchestratorExecutionResult result)
    {
        List<Decision> decisions = [];
        OrchestrationCompleteOrchestratorAction? end = null;
        foreach (OrchestratorAction action in result.Actions)
        {
            if (action is OrchestrationCompleteOrchestratorAction complete)
                end = complete;
            else
                decisions.Add(Read(action));
        }

        return new Progress(decisions, end, result.CustomStatus);
    }

    private static Decision Read(OrchestratorAction action) => action switch
    {
        ScheduleTaskOrchestratorAction task => new TaskScheduled(task.Id, task.Name!, ActivityInput(task.Input)),
        CreateTimerOrchestratorAction timer => new TimerCreated(timer.Id, timer.FireAt),
        CreateSubOrchestrationAction child => new ChildStarted(child.Id, child.Name!, child.InstanceId!, child.Input, child.Version),
        SendEventOrchestratorAction sent when EntityMessage.IsFor(sent) => EntityMessage.Read(sent),
        SendEventOrchestratorAction sent => new EventSent(sent.Id, sent.Instance!.InstanceId, sent.EventName!, sent.EventData),
        _ => throw new NotSupportedException($"The Durable Task SDK asks for a {action.GetType().Name}, which this engine does not know."),
    };

    /// <summary>The SDK writes an activity's input as the only item of an array.</summary>
    private static string? ActivityInput(string? items)
    {
        string? item = items?.Trim()[1..^1].Trim();
        return item is "null" ? null : item;
    }

    private void Check(Progress progress)
    {
        if (Encoding.Unicode.GetByteCount(progress.CustomStatus ?? "") > MaxCustomStatusBytes)
            throw new ArgumentException($"The custom status is longer than {MaxCustomStatusBytes / 1024} KB of UTF-16 JSON.");
        if (_hasStrayed || IsStuck(progress))
            throw GuardedContext.Strayed(_header.Name);
    }

    /// <summary>Whether nothing that the engine knows of could make the code go on.</summary>
    private bool IsStuck(Progress progress) =>
        _executor is { IsCompleted: false } && progress.End is null && !_history.AnyOpen && _context?.AnyWaits != true;
}
