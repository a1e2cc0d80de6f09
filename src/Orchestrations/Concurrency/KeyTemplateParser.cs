using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Preempt;

/// <summary>Reads the text of a <see cref="KeyTemplate"/>, once from the left.</summary>
/// <remarks>
/// <code>
/// template    = { text | "{{" | "}}" | placeholder }
/// placeholder = "{" source [ "??" quoted ] "}"          spaces allowed between the parts
/// source      = "input" { step } | "metadata" property
/// step        = property | "[" digits "]"
/// property    = "." name | "[" quoted "]"               a name is made of letters, digits, "_" and "-"
/// quoted      = "'" text "'"                            a quote inside is doubled
/// </code>
/// </remarks>
internal ref struct KeyTemplateParser(string text)
{
    private int _position;

    private readonly bool AtEnd => _position >= text.Length;

    private readonly char Current => AtEnd ? '\0' : text[_position];

    /// <summary>Whether a character needs no quotes in the name of a property.</summary>
    public static bool IsNameCharacter(char character) => char.IsLetterOrDigit(character) || character is '_' or '-';

    /// <summary>Reads the whole template.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public ImmutableArray<KeySource> Parse()
    {
        if (text.Length == 0) throw Failure(0, "a key template is not empty; it is text such as \"{input.userId}\"");
        RequireUnicode();

        ImmutableArray<KeySource>.Builder sources = ImmutableArray.CreateBuilder<KeySource>();
        while (!AtEnd)
        {
            string literal = ReadLiteral();
            if (literal.Length > 0) sources.Add(new KeyLiteral(literal));
            if (!AtEnd) sources.Add(ReadPlaceholder());
        }

        return sources.ToImmutable();
    }

    /// <summary>Text up to the next placeholder or the end.</summary>
    private string ReadLiteral()
    {
        StringBuilder literal = new();
        while (!AtEnd)
        {
            if (Current is '{' or '}')
            {
                bool doubled = _position + 1 < text.Length && text[_position + 1] == Current;
                if (!doubled && Current == '{') break;
                if (!doubled) throw Failure(_position, "a \"}\" without a \"{\" before it; as text, it is written \"}}\"");
                _position++;
            }

            literal.Append(Current);
            _position++;
        }

        return literal.ToString();
    }

    private KeySource ReadPlaceholder()
    {
        int start = _position++;
        SkipSpace();
        KeySource source = ReadSource();
        SkipSpace();
        if (TrySkip("??"))
        {
            SkipSpace();
            source = new KeyDefault(source, ReadQuoted("a default"));
            SkipSpace();
        }

        if (AtEnd) throw Failure(start, "the \"{\" is never closed; as text, it is written \"{{\"");
        Expect('}', "a placeholder is a path and perhaps a default, as in \"{input.region ?? 'eu'}\"");
        return source;
    }

    private KeySource ReadSource()
    {
        int start = _position;
        switch (ReadName())
        {
            case "input":
                return new KeyInputSource(ReadSteps());
            case "metadata":
                string? name = ReadProperty();
                if (name is not null && Current is not ('.' or '[')) return new KeyMetadataSource(name);
                throw Failure(_position, "after \"metadata\" comes one name, as in \"{metadata.region}\" or \"{metadata['a.b']}\"");
            default:
                throw Failure(start, "a placeholder begins with \"input\" or \"metadata\", as in \"{input.userId}\"");
        }
    }

    private ImmutableArray<KeyPathStep> ReadSteps()
    {
        ImmutableArray<KeyPathStep>.Builder steps = ImmutableArray.CreateBuilder<KeyPathStep>();
        while (Current is '.' or '[') steps.Add(ReadProperty() is { } name ? new KeyPathProperty(name) : ReadItem());
        return steps.ToImmutable();
    }

    /// <summary>The name in <c>.name</c> or <c>['name']</c>; null, and nothing read, where neither is.</summary>
    private string? ReadProperty()
    {
        if (TrySkip("."))
        {
            string name = ReadName();
            if (name.Length > 0) return name;
            throw Failure(_position, "after the dot comes a name of letters, digits, \"_\" and \"-\"; others are written ['user id']");
        }

        if (Current != '[' || _position + 1 >= text.Length || text[_position + 1] != '\'') return null;
        _position++;
        string quoted = ReadQuoted("a name");
        Expect(']', "a quoted name ends with \"']\"");
        return quoted;
    }

    private KeyPathItem ReadItem()
    {
        Expect('[', "a path goes on with \".name\", \"['name']\" or \"[0]\"");
        int start = _position;
        while (char.IsAsciiDigit(Current)) _position++;
        if (!int.TryParse(text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            throw Failure(start, "in brackets stands an item's number or a name in single quotes, as in \"[0]\" or \"['user id']\"");
        Expect(']', "the number of an item ends with \"]\"");
        return new KeyPathItem(index);
    }

    private string ReadQuoted(string what)
    {
        int start = _position;
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
            _position++;
        }

        throw Failure(start, "the quote is never closed");
    }

    private string ReadName()
    {
        int start = _position;
        while (IsNameCharacter(Current)) _position++;
        return text[start.._position];
    }

    private void SkipSpace()
    {
        while (char.IsWhiteSpace(Current)) _position++;
    }

    private bool TrySkip(string expected)
    {
        if (!text.AsSpan(_position).StartsWith(expected, StringComparison.Ordinal)) return false;
        _position += expected.Length;
        return true;
    }

    private void Expect(char expected, string rule)
    {
        if (Current != expected) throw Failure(_position, $"\"{expected}\" is missing; {rule}");
        _position++;
    }

    /// <summary>Half a surrogate pair has no UTF-8 form: no property can have such a name, and keys with it would hash alike.</summary>
    private readonly void RequireUnicode()
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) throw Failure(i, "half of a surrogate pair is not text");
            i++;
        }
    }

    private readonly FormatException Failure(int position, string problem) => new($"key {Excerpt.Of(text, position)}: {problem}");
}
