using System.Runtime.CompilerServices;
using DurableTask.Core.History;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;
using Preempt.Embedded.Engine;
using CoreEvent = DurableTask.Core.History.HistoryEvent;
using StoredEvent = Preempt.Embedded.Engine.HistoryEvent;

namespace Preempt.Tests.Histories;

/// <summary>
/// The history of one run as Microsoft's executor takes it, from a file: what has arrived, turn by turn, and what was decided on it.
/// </summary>
/// <param name="Function">The orchestrator function.</param>
/// <param name="InstanceId">The run.</param>
/// <param name="Status">How far it has got: Completed, Failed, Terminated or Running.</param>
/// <param name="Outcome">The run's status in its output or its failure; null where it has neither.</param>
/// <param name="Events">The history.</param>
public sealed record RecordedHistory(string Function, string InstanceId, string Status, string? Outcome, IReadOnlyList<CoreEvent> Events)
{
    private static readonly Dictionary<string, Type> Types = new Type[]
    {
        typeof(OrchestratorStartedEvent),
        typeof(ExecutionStartedEvent),
        typeof(TaskScheduledEvent),
        typeof(TaskCompletedEvent),
        typeof(TaskFailedEvent),
        typeof(SubOrchestrationInstanceCreatedEvent),
        typeof(SubOrchestrationInstanceCompletedEvent),
        typeof(SubOrchestrationInstanceFailedEvent),
        typeof(TimerCreatedEvent),
        typeof(TimerFiredEvent),
        typeof(EventSentEvent),
        typeof(EventRaisedEvent),
    }.ToDictionary(type => type.Name[..^"Event".Length]);

    private static readonly JsonSerializerSettings Settings = new()
    {
        Converters = { new StringEnumConverter() },
        DateParseHandling = DateParseHandling.None,
        NullValueHandling = NullValueHandling.Ignore,
        Formatting = Formatting.Indented,
    };

    /// <summary>Where the files are that the tests read.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Histories");

    /// <summary>Where a new file of this version of the protocol belongs.</summary>
    public static string SourceFolder([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, FormattableString.Invariant($"v{RunProtocol.Accepted}"));

    internal static RecordedHistory Of(InstanceHeader header, IReadOnlyList<StoredEvent> history)
    {
        CoreHistory core = new(header);
        List<CoreEvent> events = [];
        DateTime now = default;
        foreach (StoredEvent stored in history)
        {
            now = stored is TurnStarted turn ? turn.At : now;
            foreach (CoreEvent happened in core.Read([stored]))
            {
                // The engine's own time of an event is of the real clock.
                happened.Timestamp = now;
                if (happened is ExecutionStartedEvent started)
                    started.Input = header.Input;
                if (happened is EventSentEvent sent)
                    sent.Input = OperationOf(stored);
                events.Add(happened);
            }
        }

        return new RecordedHistory(header.Name, header.InstanceId, header.Status.ToString(), OutcomeOf(header), events);
    }

    /// <summary>The operation that an entity is asked for, in the form of Microsoft's own message.</summary>
    private static string? OperationOf(StoredEvent stored) => stored switch
    {
        EntityCalled called => $$"""{"op":"{{called.Operation}}"}""",
        EntitySignaled signaled => $$"""{"op":"{{signaled.Operation}}","signal":true}""",
        _ => null,
    };

    private static string? OutcomeOf(InstanceHeader header) => header.Failure?.ErrorType ?? StatusIn(header.Output);

    /// <summary>The run's status in an output; null where the output is not one of a run.</summary>
    public static string? StatusIn(string? output) =>
        output is ['{', ..] && JObject.Parse(output)["Record"]?["Status"] is { } status ? status.ToString() : null;

    public static RecordedHistory Load(string path)
    {
        JObject file = JsonConvert.DeserializeObject<JObject>(File.ReadAllText(path), Settings)!;
        JsonSerializer serializer = JsonSerializer.Create(Settings);
        return new RecordedHistory(
            (string)file[nameof(Function)]!,
            (string)file[nameof(InstanceId)]!,
            (string)file[nameof(Status)]!,
            (string?)file[nameof(Outcome)],
            [.. file[nameof(Events)]!.Select(happened => (CoreEvent)happened.ToObject(Types[(string)happened["EventType"]!], serializer)!)]);
    }

    public void Save(string path) => File.WriteAllText(path, JsonConvert.SerializeObject(this, Settings) + "\n");
}
