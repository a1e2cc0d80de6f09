using System.Text;

namespace Preempt;

/// <summary>A place in a text that a parser reads once from the left. Its errors name the text, the place and the problem.</summary>
/// <param name="text">The text.</param>
/// <param name="subject">What the text is, as its errors begin.</param>
internal sealed class TextCursor(string text, string subject)
{
    /// <summary>The next character's index; set it to go back.</summary>
    public int Position { get; set; }

    /// <summary>Whether everything has been read.</summary>
    public bool AtEnd => Position >= text.Length;

    /// <summary>The next character; <c>'\0'</c> at the end.</summary>
    public char Current => AtEnd ? '\0' : text[Position];

    /// <summary>The character after the next; <c>'\0'</c> where there is none.</summary>
    public char Following => Position + 1 < text.Length ? text[Position + 1] : '\0';

    /// <summary>Goes on by one character.</summary>
    public void Advance() => Position++;

    /// <summary>Goes over white space.</summary>
    public void SkipSpace()
    {
        while (char.IsWhiteSpace(Current)) Position++;
    }

    /// <summary>Goes over the expected text, where it is next.</summary>
    public bool TrySkip(string expected)
    {
        if (!text.AsSpan(Position).StartsWith(expected, StringComparison.Ordinal)) return false;
        Position += expected.Length;
        return true;
    }

    /// <summary>Goes over the expected character.</summary>
    /// <exception cref="FormatException">It is not next.</exception>
    public void Expect(char expected, string rule)
    {
        if (Current != expected) throw Failure(Position, $"\"{expected}\" is missing; {rule}");
        Position++;
    }

    /// <summary>The characters from here on that belong, without reading them.</summary>
    public string Peek(Func<char, bool> belongs)
    {
        int end = Position;
        while (end < text.Length && belongs(text[end])) end++;
        return text[Position..end];
    }

    /// <summary>The next character, whole where it takes two UTF-16 units, without reading it.</summary>
    public string PeekRune()
    {
        Rune.DecodeFromUtf16(text.AsSpan(Position), out Rune rune, out _);
        return rune.ToString();
    }

    /// <summary>Reads the characters from here on that belong.</summary>
    public string ReadWhile(Func<char, bool> belongs)
    {
        string read = Peek(belongs);
        Position += read.Length;
        return read;
    }

    /// <summary>Reads text in single quotes; a quote inside is doubled.</summary>
    /// <exception cref="FormatException">There is none, or it does not end.</exception>
    public string ReadQuoted(string what)
    {
        int start = Position;
        Expect('\'', $"{what} stands in single quotes");
        StringBuilder quoted = new();
        while (!AtEnd)
        {
            if (TrySkip("''"))
            {
                quoted.Append('\'');
                continue;
            }

            if (TrySkip("'")) return quoted.ToString();
            quoted.Append(Current);
            Position++;
        }

        throw Failure(start, "the quote is never closed");
    }

    /// <summary>Half a surrogate pair has no UTF-8 form: text with one is not the same after a journey through JSON.</summary>
    /// <exception cref="FormatException">There is one.</exception>
    public void RequireUnicode()
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) throw Failure(i, "half of a surrogate pair is not text");
            i++;
        }
    }

    /// <summary>The error of a problem at a place.</summary>
    public FormatException Failure(int position, string problem) => new($"{subject} {Excerpt.Of(text, position)}: {problem}");

    /// <summary>Text as <see cref="ReadQuoted"/> reads it.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
