using System.Collections.Immutable;
using System.Text.Json;

namespace Preempt;

/// <summary>A workflow of this app: its definition, and the code that it is. Made by <see cref="WorkflowBuilder"/>.</summary>
internal sealed record RegisteredWorkflow
{
    private readonly Func<Workflow> _create;
    private readonly ImmutableArray<RuleSource> _sources;
    private readonly Func<JsonElement?, Duration?> _timeoutOf;
    private readonly Func<JsonElement?, EndCondition?> _endWhen;

    internal RegisteredWorkflow(
        Func<Workflow> create,
        ImmutableArray<RuleSource> sources,
        Func<JsonElement?, Duration?> timeoutOf,
        Func<JsonElement?, EndCondition?> endWhen)
    {
        _create = create;
        _sources = sources;
        _timeoutOf = timeoutOf;
        _endWhen = endWhen;
    }

    /// <summary>The name that callers use, such as <c>chat-reply</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the definition; versions have gates of their own.</summary>
    public required string Version { get; init; }

    /// <summary>Whether it is there to try things out and can be switched off.</summary>
    public required bool IsLab { get; init; }

    /// <summary>The longest that its code may run.</summary>
    public required Duration Timeout { get; init; }

    /// <summary>The longest that a run may wait for its gates.</summary>
    public required Duration ScheduleTimeout { get; init; }

    /// <summary>How long a run may take to stop when a stop request does not say.</summary>
    public required Duration Grace { get; init; }

    /// <summary>Its concurrency rules, entered in this order.</summary>
    public required ImmutableArray<ConcurrencyRule> Rules { get; init; }

    /// <summary>Its concurrency rules around steps.</summary>
    public required ImmutableArray<StepRule> StepRules { get; init; }

    /// <summary>The events that start a run, its input their payload; as in "event file-uploaded where kind = 'csv'".</summary>
    public required ImmutableArray<EndCondition> StartsOn { get; init; }

    /// <summary>What callers see of it.</summary>
    public WorkflowDefinition Definition => new()
    {
        Name = Name,
        Version = Version,
        IsLab = IsLab,
        Timeout = Timeout,
        ScheduleTimeout = ScheduleTimeout,
        Grace = Grace,
        Rules = Rules,
        StepRules = StepRules,
        StartsOn = [.. StartsOn.Select(condition => condition.ToString())],
        InputSchema = Schema,
        InputExample = Example ?? (Schema is { } schema ? InputSchema.ExampleOf(schema) : null),
    };

    /// <summary>What it takes, as a JSON schema; null where it has no class.</summary>
    private JsonElement? Schema => Class is not null && InputSchema.InputOf(Class) is { } input ? InputSchema.Of(input) : null;

    /// <summary>An input that it may be started with; null where its author gave none.</summary>
    internal JsonElement? Example { get; init; }

    /// <summary>Whether what happens to its runs is published.</summary>
    internal bool PublishesLifecycle { get; init; }

    /// <summary>Its class; null where an orchestrator's code takes the place of a workflow's.</summary>
    internal Type? Class { get; init; }

    /// <summary>The classes of the steps that it has rules around.</summary>
    internal ImmutableArray<Type> StepClasses { get; init; } = [];

    internal Workflow Create() => _create();

    /// <summary>The execution timeout of a run with this input.</summary>
    internal Duration TimeoutOf(JsonElement? input) => Duration.Min(_timeoutOf(input) ?? Timeout, Timeout);

    /// <summary>When a run with this input is to end.</summary>
    internal EndCondition? EndWhen(JsonElement? input) => _endWhen(input);

    /// <summary>Whether an event starts a run.</summary>
    internal bool StartsOnEvent(string name, JsonElement? payload, DateTimeOffset now) =>
        StartsOn.Any(condition => condition.MatchesEvent(name, payload, now));

    /// <summary>The gates that a run with this input must enter.</summary>
    /// <exception cref="KeyTemplateException">The input or metadata lacks something that a key is made of, or code returned a maximum that is out of range.</exception>
    internal ImmutableArray<RunGate> GatesFor(JsonElement? input, IReadOnlyDictionary<string, string> metadata, string? key) =>
        [.. Rules.Select((rule, index) => GateFor(index, rule, input, metadata, index == 0 ? key : null))];

    /// <summary>The gates around the steps of a run with this input, by the step's class.</summary>
    /// <exception cref="KeyTemplateException">The input or metadata lacks something that a key is made of, or code returned a maximum that is out of range.</exception>
    internal ImmutableDictionary<string, ImmutableArray<RunGate>> StepGatesFor(
        JsonElement? input, IReadOnlyDictionary<string, string> metadata) => StepRules
        .Select((rule, index) => (rule.Step, Gate: GateFor(Rules.Length + index, rule.Rule, input, metadata)))
        .GroupBy(gate => gate.Step, gate => gate.Gate)
        .ToImmutableDictionary(gates => gates.Key, gates => gates.ToImmutableArray());

    private RunGate GateFor(
        int index, ConcurrencyRule rule, JsonElement? input, IReadOnlyDictionary<string, string> metadata, string? givenKey = null)
    {
        RuleSource source = _sources[index];
        ConcurrencyRule own = source.Fix(rule, input, metadata);
        string key = givenKey is null ? source.Key.Select(input, metadata) : KeySelector.Check(givenKey);
        return new RunGate(GateId.Of(GatePrefix(index, rule), rule, key), key, own);
    }

    /// <summary>How the entity keys of all gates of a rule begin. Rules around steps are counted after those of the run.</summary>
    internal string GatePrefix(int index, ConcurrencyRule rule) => rule.Name is { } name ? GateId.PrefixOf(name) : GateId.PrefixOf(Name, Version, index);
}

/// <summary>How the key of one rule is found.</summary>
internal sealed class KeySelector(string description, Func<JsonElement?, IReadOnlyDictionary<string, string>, string> select)
{
    /// <summary>Describes a key that code computes.</summary>
    public const string OfCode = "(code)";

    public string Description => description;

    public static KeySelector FromCode<TInput>(Func<TInput, IReadOnlyDictionary<string, string>, string> key) =>
        new(OfCode, (input, metadata) => key(Payload.Read<TInput>(input), metadata));

    public static KeySelector FromTemplate(string text) => new(text, KeyTemplate.Parse(text).Resolve);

    public string Select(JsonElement? input, IReadOnlyDictionary<string, string> metadata) => Check(select(input, metadata));

    /// <exception cref="KeyTemplateException">There is none, or it is too long.</exception>
    public static string Check(string? key) => key switch
    {
        null => throw new KeyTemplateException("The key is null: the workflow's code must return a text."),
        { Length: > KeyTemplate.MaxKeyLength } => throw new KeyTemplateException(
            $"A key has {KeyTemplate.MaxKeyLength} characters at most; this one has {key.Length}."),
        _ => key,
    };
}
