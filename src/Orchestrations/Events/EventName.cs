namespace Preempt;

/// <summary>The rules of event names: 1 to 100 characters, none of them a control character. Case does not matter.</summary>
internal static class EventName
{
    public const int MaxLength = 100;

    /// <exception cref="InvalidRunException">The name is not allowed.</exception>
    public static string Check(string name) => name.Length is > 0 and <= MaxLength && !name.Any(char.IsControl)
        ? name
        : throw new InvalidRunException($"event {Excerpt.Of(name)}: a name has 1 to {MaxLength} characters, none of them a control character.");

    /// <summary>What stands for it in ids.</summary>
    public static string Hash(string name) => RunId.HashKey(name.ToUpperInvariant());
}
