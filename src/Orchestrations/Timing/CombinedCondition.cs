using System.Collections.Immutable;

namespace Preempt;

/// <summary>Conditions joined with "and" or with "or", none of them joined in the same way itself.</summary>
internal sealed record CombinedCondition : EndCondition
{
    /// <summary>Why only one of the conditions joined with "and" may need an event.</summary>
    public const string OneEvent =
        "an event counts only at the moment it arrives, so that two events are never there together; join them with \"or\"";

    private readonly ImmutableArray<EndCondition> _parts;

    private CombinedCondition(Binding binding, ImmutableArray<EndCondition> parts) => (Binding, _parts) = (binding, parts);

    internal override Binding Binding { get; }

    internal override IEnumerable<string> Events => _parts.SelectMany(part => part.Events);

    internal override IEnumerable<ZoneClock> Clocks => _parts.SelectMany(part => part.Clocks);

    /// <summary>Joins conditions; a single one stays as it is.</summary>
    public static EndCondition Of(Binding binding, IEnumerable<EndCondition> conditions)
    {
        ImmutableArray<EndCondition> parts = [.. conditions.SelectMany(Parts)];
        return parts is [var single] ? single : new CombinedCondition(binding, parts);

        IEnumerable<EndCondition> Parts(EndCondition condition) =>
            condition is CombinedCondition joined && joined.Binding == binding ? joined._parts : [condition];
    }

    public bool Equals(CombinedCondition? other) => other is not null && Binding == other.Binding && _parts.SequenceEqual(other._parts);

    public override int GetHashCode() => _parts.Aggregate((int)Binding, HashCode.Combine);

    /// <summary>
    /// Parts that decide alone (one not met for "and", one met for "or") do so until the last of them changes. Without any, the next
    /// change of a part is the next that can matter.
    /// </summary>
    internal override ConditionState At(Moment moment)
    {
        bool alone = Binding == Binding.Or;
        ImmutableArray<ConditionState> states = [.. _parts.Select(part => part.At(moment))];
        ImmutableArray<ConditionState> decided = [.. states.Where(state => state.IsMet == alone)];
        if (decided.IsEmpty) return new(!alone, states.Min(state => state.Until));
        return new(alone, decided.Any(state => state.Until is null) ? null : decided.Max(state => state.Until));
    }

    private protected override string Write() => string.Join(
        Binding == Binding.And ? " and " : " or ",
        _parts.Select(part => part.Binding <= Binding ? $"({part})" : part.ToString()));
}
