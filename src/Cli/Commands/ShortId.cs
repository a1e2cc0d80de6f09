using System.Buffers;

namespace Preempt.Cli.Commands;

/// <summary>
/// A part of a run's id, given instead of the whole, as with commits: its beginning, its end, the beginning of its last part, or
/// beginning and end with "…" between them, as tables show it.
/// </summary>
internal static class ShortId
{
    /// <summary>Shorter texts are no part of an id.</summary>
    public const int MinLength = 4;

    /// <summary>What stands for the middle of an id.</summary>
    private const char Middle = '…';

    /// <summary>The last part of an id that the app has made: 32 hexadecimal digits.</summary>
    private const int UuidLength = 32;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>What every id contains that a text can stand for; null when it is too short to stand for one.</summary>
    public static string? ToSearch(string text)
    {
        string longest = text.Split(Middle, 2).MaxBy(part => part.Length)!;
        return longest.Length >= MinLength ? longest : null;
    }

    /// <summary>Whether a text stands for an id.</summary>
    public static bool Matches(string text, string id)
    {
        if (text.Split(Middle, 2) is [var beginning, var end])
            return id.Length >= text.Length && id.StartsWith(beginning, StringComparison.Ordinal) && id.EndsWith(end, StringComparison.Ordinal);
        return id.StartsWith(text, StringComparison.Ordinal)
            || id.EndsWith(text, StringComparison.Ordinal)
            || id.AsSpan(id.LastIndexOf(':') + 1).StartsWith(text, StringComparison.Ordinal);
    }

    /// <summary>
    /// Whether a text stands for an id so clearly that the run may be changed: an id that the app has made, and some of its last part. An id that
    /// a caller chose is to be given whole, because "order-1" must not mean "order-10" when there is no "order-1" any more.
    /// </summary>
    public static bool IsClear(string text, string id)
    {
        int last = id.LastIndexOf(':') + 1;
        bool isMade = last > 0 && id.Length - last == UuidLength && !id.AsSpan(last).ContainsAnyExcept(Hexadecimal);
        bool isOnlyPrefix = id.StartsWith(text, StringComparison.Ordinal) && text.Length <= last;
        return isMade && !isOnlyPrefix;
    }
}
