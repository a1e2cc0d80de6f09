using System.Collections.Immutable;

namespace Preempt;

/// <summary>Limits that were changed at run time, at one gate. Pure, as <see cref="GateRules"/>.</summary>
internal static class LimitRules
{
    /// <summary>Stands for a run in a gate's books where no run was asked to tell others: an orchestration tells them.</summary>
    private const string Nobody = "";

    /// <summary>The request by the rule that stands and the limits that hold.</summary>
    public static EnterRequest Apply(GateState state, EnterRequest request) => state.Limits is { } limits
        ? request with { Gate = request.Gate with { Rule = limits.Apply(request.Gate.Rule, request.Gate.Key) } }
        : request;

    /// <summary>Whether no run of a key starts.</summary>
    public static bool IsPaused(GateState state, string key) => state.Limits?.Of(key).Pause == true;

    /// <summary>Whether no run of any key starts.</summary>
    public static bool IsPaused(GateState state) => state.Limits?.Values.Pause == true;

    /// <summary>
    /// Takes limits over, and has those start that may. A run that has started goes on: if there are more than now may be, with CancelInProgress the oldest
    /// surplus runs are stopped when the next comes.
    /// </summary>
    /// <param name="state">What the gate remembers.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="now">The time by the gate's clock, UTC.</param>
    /// <returns>The gate's next state, and the runs to tell that they are admitted, or are to ask again.</returns>
    public static (GateState State, ImmutableArray<GateAdmission> Admissions) Set(GateState state, GateLimits limits, DateTimeOffset now)
    {
        if (limits.Number <= state.LimitNumber)
            return (state, []);
        state = Take(state, limits);
        return state.Rule switch
        {
            null => (state, []),
            { Rate: not null } => ThrottleRules.StartWhoMay(state, Nobody, now),
            { Debounce: not null } => DebounceRules.StartWhoMay(state, Nobody, now),
            _ => GateRules.Admit(state, Nobody),
        };
    }

    /// <summary>The state with a rule that runs have brought.</summary>
    public static GateState WithRule(GateState state, ConcurrencyRule code) =>
        state.Limits is { } limits ? state with { Code = code, Rule = limits.Apply(code) } : state with { Rule = code };

    /// <summary>The rule as runs have brought it last; null before the first.</summary>
    public static ConcurrencyRule? CodeOf(GateState state) => state.Code ?? state.Rule;

    private static GateState Take(GateState state, GateLimits limits)
    {
        ConcurrencyRule? code = CodeOf(state);
        state = state with { Limits = limits };
        return code is null ? state : WithRule(state, code);
    }
}
