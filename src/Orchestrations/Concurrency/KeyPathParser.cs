using System.Collections.Immutable;
using System.Globalization;

namespace Preempt;

/// <summary>Reads a path into JSON, step by step.</summary>
/// <remarks>
/// <code>
/// step     = property | "[" digits "]"
/// property = "." name | "[" quoted "]"       a name is made of letters, digits, "_" and "-"
/// quoted   = "'" text "'"                    a quote inside is doubled
/// </code>
/// </remarks>
internal static class KeyPathParser
{
    /// <summary>Whether a character needs no quotes in the name of a property.</summary>
    public static bool IsNameCharacter(char character) => char.IsLetterOrDigit(character) || character is '_' or '-';

    /// <summary>Reads as many steps as there are.</summary>
    /// <exception cref="FormatException">A step is not complete.</exception>
    public static ImmutableArray<KeyPathStep> ReadSteps(TextCursor cursor)
    {
        ImmutableArray<KeyPathStep>.Builder steps = ImmutableArray.CreateBuilder<KeyPathStep>();
        while (IsStepNext(cursor)) steps.Add(ReadProperty(cursor) is { } name ? new KeyPathProperty(name) : ReadItem(cursor));
        return steps.ToImmutable();
    }

    /// <summary>Whether the next character begins a step.</summary>
    public static bool IsStepNext(TextCursor cursor) => cursor.Current is '.' or '[';

    /// <summary>The name in <c>.name</c> or <c>['name']</c>; null, and nothing read, where neither is.</summary>
    /// <exception cref="FormatException">The name is not complete.</exception>
    public static string? ReadProperty(TextCursor cursor)
    {
        if (cursor.TrySkip("."))
        {
            string name = cursor.ReadWhile(IsNameCharacter);
            if (name.Length > 0) return name;
            throw cursor.Failure(
                cursor.Position, "after the dot comes a name of letters, digits, \"_\" and \"-\"; others are written ['user id']");
        }

        if (cursor is not { Current: '[', Following: '\'' }) return null;
        cursor.Advance();
        string quoted = cursor.ReadQuoted("a name");
        cursor.Expect(']', "a quoted name ends with \"']\"");
        return quoted;
    }

    private static KeyPathItem ReadItem(TextCursor cursor)
    {
        cursor.Expect('[', "a path goes on with \".name\", \"['name']\" or \"[0]\"");
        int start = cursor.Position;
        string digits = cursor.ReadWhile(char.IsAsciiDigit);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            throw cursor.Failure(start, "in brackets stands an item's number or a name in single quotes, as in \"[0]\" or \"['user id']\"");
        cursor.Expect(']', "the number of an item ends with \"]\"");
        return new KeyPathItem(index);
    }
}
