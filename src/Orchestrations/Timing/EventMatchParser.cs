using System.Collections.Immutable;
using System.Text.Json;

namespace Preempt;

/// <summary>Reads what an end condition asks of an event's payload: <c>a.b = 'x' and n = 3</c>.</summary>
internal static class EventMatchParser
{
    private const string Rule = "a match is a path, \"=\" and a value, as in \"order.id = 'A-7'\"";

    /// <summary>Reads as many matches as there are, joined with "and".</summary>
    /// <exception cref="FormatException">A match is not complete.</exception>
    public static ImmutableArray<EventMatch> ReadMatches(TextCursor cursor)
    {
        ImmutableArray<EventMatch>.Builder matches = ImmutableArray.CreateBuilder<EventMatch>();
        int end;
        do
        {
            matches.Add(ReadMatch(cursor));
            end = cursor.Position;
        }
        while (cursor.TrySkipWord("and") && IsMatchNext(cursor));

        cursor.Position = end;
        return matches.ToImmutable();
    }

    /// <summary>
    /// Whether a match goes on after "and", and not a condition: those have no "=" or path behind their first word. Nothing is read.
    /// </summary>
    private static bool IsMatchNext(TextCursor cursor)
    {
        cursor.SkipSpace();
        int start = cursor.Position;
        cursor.ReadWhile(KeyPathParser.IsNameCharacter);
        bool isPath = KeyPathParser.IsStepNext(cursor);
        cursor.SkipSpace();
        bool isMatch = isPath || cursor.Current == '=';
        cursor.Position = start;
        return isMatch;
    }

    private static EventMatch ReadMatch(TextCursor cursor)
    {
        cursor.SkipSpace();
        string first = cursor.ReadWhile(KeyPathParser.IsNameCharacter);
        if (first.Length == 0 && cursor.Current != '[') throw cursor.Unexpected(Rule);
        ImmutableArray<KeyPathStep> path = KeyPathParser.ReadSteps(cursor);
        if (first.Length > 0) path = path.Insert(0, new KeyPathProperty(first));

        cursor.SkipSpace();
        cursor.Expect('=', Rule);
        cursor.SkipSpace();
        return new(path, ReadValue(cursor));
    }

    private static JsonElement ReadValue(TextCursor cursor)
    {
        if (cursor.Current == '\'') return JsonSerializer.SerializeToElement(cursor.ReadQuoted("text"));

        int start = cursor.Position;
        string word = cursor.ReadWhile(char.IsAsciiLetter);
        string json = word.Length > 0 ? word.ToLowerInvariant() : cursor.ReadWhile(IsNumberCharacter);
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            throw cursor.Failure(start, "here stands a value: text in single quotes, a number, true, false or null");
        }
    }

    private static bool IsNumberCharacter(char character) => char.IsAsciiDigit(character) || character is '+' or '-' or '.' or 'e' or 'E';
}
