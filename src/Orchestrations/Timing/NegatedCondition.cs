namespace Preempt;

/// <summary>Met when another condition is not.</summary>
internal sealed record NegatedCondition(EndCondition Condition) : EndCondition
{
    /// <summary>Why a condition that needs an event cannot be negated.</summary>
    public const string NoEvent = "an event counts only at the moment it arrives, so that \"not\" would hold at once and nearly always";

    internal override Binding Binding => Binding.Not;

    internal override IEnumerable<string> Events => Condition.Events;

    internal override IEnumerable<ZoneClock> Clocks => Condition.Clocks;

    internal override ConditionState At(Moment moment)
    {
        ConditionState state = Condition.At(moment);
        return state with { IsMet = !state.IsMet };
    }

    private protected override string Write() => Condition.Binding < Binding ? $"not ({Condition})" : $"not {Condition}";
}
