namespace Preempt;

/// <summary>The words of an end condition's text: case does not matter, and white space may stand before each.</summary>
internal static class EndConditionWords
{
    /// <summary>The word that is next, without reading it; empty where none is.</summary>
    public static string PeekWord(this TextCursor cursor)
    {
        cursor.SkipSpace();
        return cursor.Peek(IsWordCharacter);
    }

    /// <summary>Goes over the expected word, where it is next.</summary>
    public static bool TrySkipWord(this TextCursor cursor, string expected)
    {
        string word = cursor.PeekWord();
        if (!word.Equals(expected, StringComparison.OrdinalIgnoreCase)) return false;
        cursor.Position += word.Length;
        return true;
    }

    /// <summary>Goes over the expected word.</summary>
    /// <exception cref="FormatException">It is not next.</exception>
    public static void ExpectWord(this TextCursor cursor, string expected, string rule)
    {
        if (!cursor.TrySkipWord(expected)) throw cursor.Unexpected(rule);
    }

    /// <summary>The error of what is next, or of the end, where something else must stand.</summary>
    public static FormatException Unexpected(this TextCursor cursor, string rule)
    {
        string found = cursor.PeekWord();
        if (cursor.AtEnd) return cursor.Failure(cursor.Position, $"the text ends too early; {rule}");
        if (found.Length == 0) found = cursor.PeekRune();
        return cursor.Failure(cursor.Position, $"unexpected {Excerpt.Of(found)}; {rule}");
    }

    private static bool IsWordCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '+' or '/';
}
