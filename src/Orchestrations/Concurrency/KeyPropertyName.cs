namespace Preempt;

/// <summary>How a name in a key template finds a property: exactly, or else by the only one that differs in case alone.</summary>
internal static class KeyPropertyName
{
    /// <summary>The properties that the name may mean: none, the one, or several that only an exact name would tell apart.</summary>
    public static string[] Match(IEnumerable<string> properties, string name)
    {
        string[] matches = [.. properties.Where(property => property.Equals(name, StringComparison.OrdinalIgnoreCase)).Distinct()];
        return matches.Contains(name) ? [name] : matches;
    }

    /// <summary>Says that several properties match.</summary>
    public static string Ambiguity(string owner, string name, IEnumerable<string> matches)
    {
        string found = string.Join(", ", matches.Select(match => Excerpt.Of(match)));
        return $"{owner} has no property {Excerpt.Of(name)}, but several that differ from it in case: {found}";
    }
}
