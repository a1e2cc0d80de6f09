using System.Collections.Immutable;

namespace Preempt;

/// <summary>Met by an event with a name, at the moment it arrives, when its payload holds all that is asked for.</summary>
internal sealed record EventCondition(string Name, ImmutableArray<EventMatch> Matches) : EndCondition
{
    internal override IEnumerable<string> Events => [Name];

    /// <summary>Whether a character needs no quotes in the name of an event.</summary>
    public static bool IsNameCharacter(char character) => KeyPathParser.IsNameCharacter(character) || character is '.' or ':';

    /// <summary>Whether a name needs no quotes. Words of the text form do, so that a forgotten name is noticed.</summary>
    public static bool IsPlainName(string name) =>
        name.Length > 0
        && name.All(IsNameCharacter)
        && name.ToUpperInvariant() is not ("AND" or "OR" or "NOT" or "WHERE" or "EVENT");

    public bool Equals(EventCondition? other) => other is not null && Write() == other.Write();

    public override int GetHashCode() => Write().GetHashCode(StringComparison.Ordinal);

    internal override ConditionState At(Moment moment)
    {
        bool isMet = string.Equals(moment.Event, Name, StringComparison.OrdinalIgnoreCase)
            && Matches.All(match => match.IsMet(moment.Payload));
        return new(isMet, null);
    }

    private protected override string Write()
    {
        string name = IsPlainName(Name) ? Name : TextCursor.Quote(Name);
        return Matches.IsEmpty ? $"event {name}" : $"event {name} where {string.Join(" and ", Matches)}";
    }
}
