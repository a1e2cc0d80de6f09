using System.Buffers;

namespace Preempt;

/// <summary>
/// The rules of event names: 1 to 100 characters, none of them a control character, <c>/</c>, <c>\</c> or <c>%</c>, and not <c>.</c> or <c>..</c>:
/// a name is a segment of an address, and servers on the way there read those in their own ways. Case does not matter.
/// </summary>
internal static class EventName
{
    public const int MaxLength = 100;

    private static readonly SearchValues<char> OfAddresses = SearchValues.Create("/\\%");

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    public static string? Validate(string name) =>
        name.Length is > 0 and <= MaxLength && name is not ("." or "..") && !name.Any(char.IsControl) && !name.AsSpan().ContainsAny(OfAddresses)
            ? null
            : $"event {Excerpt.Of(name)}: a name has 1 to {MaxLength} characters, none of them a control character, \"/\", \"\\\" or \"%\", and is not \".\" or \"..\".";

    /// <exception cref="InvalidRunException">The name is not allowed.</exception>
    public static string Check(string name) => Validate(name) is { } error ? throw new InvalidRunException(error) : name;

    /// <summary>What stands for it in ids.</summary>
    public static string Hash(string name) => RunId.HashKey(name.ToUpperInvariant());
}
