using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>What holds for all keys of a gate, or for one, in place of what the app's code says; what is null stays as it is there.</summary>
internal sealed record LimitValues
{
    /// <summary>Nothing is changed.</summary>
    public static readonly LimitValues None = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxRuns { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxQueued { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxTotal { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StartRate? Rate { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Weight { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Pause { get; init; }

    public static LimitValues Of(LimitRequest limit) => new()
    {
        MaxRuns = limit.MaxRuns,
        MaxQueued = limit.MaxQueued,
        MaxTotal = limit.MaxTotal,
        Rate = limit.Rate,
        Weight = limit.Weight,
        Pause = limit.Pause,
    };

    /// <summary>These, and where they say nothing, others. Either can pause.</summary>
    public LimitValues Over(LimitValues others) => new()
    {
        MaxRuns = MaxRuns ?? others.MaxRuns,
        MaxQueued = MaxQueued ?? others.MaxQueued,
        MaxTotal = MaxTotal ?? others.MaxTotal,
        Rate = Rate ?? others.Rate,
        Weight = Weight ?? others.Weight,
        Pause = Pause || others.Pause,
    };
}

/// <summary>The limits that hold at one gate.</summary>
/// <param name="Number">The number of the change of the rule's limits that they are of: a gate takes none that is older than what it has.</param>
/// <param name="Values">Those of all its keys; of a gate of one key, those of the key too.</param>
internal sealed record GateLimits(long Number, LimitValues Values)
{
    /// <summary>Of a gate that serves all keys: those of single keys.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableDictionary<string, LimitValues>? Keys { get; init; }

    /// <summary>What of a rule's limits is for one of its gates.</summary>
    /// <param name="gate">The gate entity's key.</param>
    /// <param name="number">The number of the latest change.</param>
    /// <param name="limits">The rule's limits.</param>
    public static GateLimits Of(string gate, long number, IReadOnlyCollection<Limit> limits)
    {
        LimitValues ofAll = limits.FirstOrDefault(limit => limit.Key is null) is { } all ? LimitValues.Of(all) : LimitValues.None;
        Limit[] ofKeys = [.. limits.Where(limit => limit.Key is { } key && RuleId.IsOfKey(gate, key))];
        if (!gate.EndsWith($":{RunId.NoKey}", StringComparison.Ordinal))
            return new GateLimits(number, ofKeys is [var own, ..] ? LimitValues.Of(own).Over(ofAll) : ofAll);
        return new GateLimits(number, ofAll) { Keys = ofKeys.Length == 0 ? null : ofKeys.ToImmutableDictionary(limit => limit.Key!, LimitValues.Of) };
    }

    /// <summary>What holds for one key.</summary>
    public LimitValues Of(string key) => Keys?.GetValueOrDefault(key)?.Over(Values) ?? Values;

    /// <summary>The rule as it holds for one key.</summary>
    /// <param name="rule">The rule as runs bring it.</param>
    /// <param name="key">The key.</param>
    public ConcurrencyRule Apply(ConcurrencyRule rule, string key) => Apply(rule, Of(key));

    /// <summary>The rule as it holds for all keys.</summary>
    /// <param name="rule">The rule as runs bring it.</param>
    public ConcurrencyRule Apply(ConcurrencyRule rule) => Apply(rule, Values);

    /// <summary>A deployment can have changed what kind of rule it is; then what does not belong to it has no effect.</summary>
    private static ConcurrencyRule Apply(ConcurrencyRule rule, LimitValues values) => rule with
    {
        MaxRuns = rule.Debounce is null ? values.MaxRuns ?? rule.MaxRuns : rule.MaxRuns,
        MaxQueued = values.MaxQueued ?? rule.MaxQueued,
        MaxTotal = values.MaxTotal ?? rule.MaxTotal,
        Rate = rule.Rate is null ? null : values.Rate ?? rule.Rate,
        Weight = rule.Strategy == ConcurrencyStrategy.RoundRobin ? values.Weight ?? rule.Weight : rule.Weight,
    };
}
