using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// The rule that a gate goes by. Its runs can bring different ones: a workflow's code computes the maximum of a key from the input of each run, and a
/// deployment changes a rule. That of the newest run stands, however late the others come. Pure, as <see cref="GateRules"/>.
/// </summary>
internal static class StandingRule
{
    /// <summary>The request with the rule that stands when its run has entered, as the app's code says.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The run, with the rule that it was accepted with.</param>
    public static EnterRequest Apply(GateState state, EnterRequest request)
    {
        ConcurrencyRule own = request.Gate.Rule;
        ConcurrencyRule rule = IsNewest(state, request) ? own : LimitRules.CodeOf(state)!;
        if (IsOfKeys(rule))
        {
            KeyLimit? known = FindOfKey(state, request.Gate.Key);
            rule = known?.At > request.Age.QueuedAt
                ? rule with { MaxRuns = known.MaxRuns, Weight = known.Weight }
                : rule with { MaxRuns = own.MaxRuns, Weight = own.Weight };
        }

        return request with { Gate = request.Gate with { Rule = rule } };
    }

    /// <summary>Remembers the rule of a run that enters.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="request">The run, with the rule that stands, without limits that were changed at run time.</param>
    public static GateState Note(GateState state, EnterRequest request)
    {
        DateTimeOffset at = request.Age.QueuedAt;
        ConcurrencyRule rule = request.Gate.Rule;
        if (IsOfKeys(rule) && !(FindOfKey(state, request.Gate.Key)?.At > at))
            state = state with { KeyLimits = state.KeyLimits.SetItem(request.Gate.Key, new KeyLimit(rule.MaxRuns, at, rule.Weight)) };
        return IsNewest(state, request) ? LimitRules.WithRule(state, rule) with { RuleAt = at } : state;
    }

    /// <summary>How many runs of a key may hold slots, by what the gate remembers.</summary>
    /// <param name="state">What a gate remembers that runs have entered.</param>
    /// <param name="key">The key.</param>
    public static int MaxRunsOf(GateState state, string key) => state.Limits?.Of(key).MaxRuns ?? FindOfKey(state, key)?.MaxRuns ?? state.Rule!.MaxRuns;

    /// <summary>How many turns a key has where others have one, by what the gate remembers.</summary>
    /// <param name="state">What a gate remembers that runs have entered.</param>
    /// <param name="key">The key.</param>
    public static int WeightOf(GateState state, string key) => state.Limits?.Of(key).Weight ?? FindOfKey(state, key)?.Weight ?? 1;

    /// <summary>Takes what a clock that was ahead has left for older than what comes.</summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="latest">The latest time that can be right.</param>
    public static GateState Tame(GateState state, DateTimeOffset latest)
    {
        if (state.RuleAt > latest)
            state = state with { RuleAt = default };
        ImmutableArray<string> ahead = [.. state.KeyLimits.Where(limit => limit.Value.At > latest).Select(limit => limit.Key)];
        return ahead.IsEmpty ? state : state with
        {
            KeyLimits = state.KeyLimits.SetItems(ahead.Select(key => KeyValuePair.Create(key, state.KeyLimits[key] with { At = default }))),
        };
    }

    /// <summary>Whether each key of the gate has a maximum, or a weight, of its own.</summary>
    private static bool IsOfKeys(ConcurrencyRule rule) =>
        rule.Strategy == ConcurrencyStrategy.RoundRobin && (rule.IsMaxRunsComputed || rule.IsWeightComputed);

    private static bool IsNewest(GateState state, EnterRequest request) => state.Rule is null || request.Age.QueuedAt >= state.RuleAt;

    private static KeyLimit? FindOfKey(GateState state, string key) => state.KeyLimits.GetValueOrDefault(key);
}
