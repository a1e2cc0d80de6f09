using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// The rules of metadata. Names do not distinguish case: a run has one entry of a name, and a filter finds it however it is written. Values do.
/// </summary>
internal static class RunMetadata
{
    private static readonly ImmutableDictionary<string, string> Empty = ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Checks the entries that a start or a filter gives.</summary>
    /// <param name="given">The entries; null for none.</param>
    /// <param name="most">How many are allowed.</param>
    /// <returns>The entries, found by their names without regard to case.</returns>
    /// <exception cref="InvalidRunException">There are too many, or one is not allowed.</exception>
    public static ImmutableDictionary<string, string> Check(IReadOnlyDictionary<string, string>? given, int most)
    {
        if (given is null or { Count: 0 })
            return Empty;
        if (given.Count > most)
            throw new InvalidRunException($"metadata: {most} entries at most; these are {given.Count}.");
        ImmutableDictionary<string, string>.Builder entries = Empty.ToBuilder();
        foreach ((string name, string value) in given)
        {
            if (name.Length is 0 or > StartOptions.MaxMetadataNameLength || name.Any(character => char.IsControl(character) || character == '='))
            {
                throw new InvalidRunException(
                    $"metadata {Excerpt.Of(name)}: a name has 1 to {StartOptions.MaxMetadataNameLength} characters, none of them \"=\" or a control character.");
            }

            if (value is null || value.Length > StartOptions.MaxMetadataValueLength)
                throw new InvalidRunException($"metadata {Excerpt.Of(name)}: a value is text of {StartOptions.MaxMetadataValueLength} characters at most.");
            if (!entries.TryAdd(name, value))
                throw new InvalidRunException($"metadata {Excerpt.Of(name)}: there are two entries of this name; names do not distinguish case.");
        }

        return entries.ToImmutable();
    }

    /// <summary>Entries that were stored, found by their names without regard to case; to the letter where an older release took two of one name.</summary>
    public static ImmutableDictionary<string, string> Read(ImmutableDictionary<string, string> stored) =>
        stored.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() == stored.Count ? Empty.AddRange(stored) : stored;
}
