using System.Collections.Immutable;
using System.Text;

namespace Preempt;

/// <summary>Reads the text of a <see cref="KeyTemplate"/>, once from the left.</summary>
/// <remarks>
/// <code>
/// template    = { text | "{{" | "}}" | placeholder }
/// placeholder = "{" source [ "??" quoted ] "}"          spaces allowed between the parts
/// source      = "input" { step } | "metadata" property
/// </code>
/// <see cref="KeyPathParser"/> has <c>step</c>, <c>property</c> and <c>quoted</c>.
/// </remarks>
internal readonly ref struct KeyTemplateParser(string text)
{
    private readonly TextCursor _cursor = new(text, "key");

    /// <summary>Reads the whole template.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public ImmutableArray<KeySource> Parse()
    {
        if (_cursor.AtEnd) throw _cursor.Failure(0, "a key template is not empty; it is text such as \"{input.userId}\"");
        _cursor.RequireUnicode();

        ImmutableArray<KeySource>.Builder sources = ImmutableArray.CreateBuilder<KeySource>();
        while (!_cursor.AtEnd)
        {
            string literal = ReadLiteral();
            if (literal.Length > 0) sources.Add(new KeyLiteral(literal));
            if (!_cursor.AtEnd) sources.Add(ReadPlaceholder());
        }

        return sources.ToImmutable();
    }

    /// <summary>Text up to the next placeholder or the end.</summary>
    private string ReadLiteral()
    {
        StringBuilder literal = new();
        while (!_cursor.AtEnd)
        {
            if (_cursor.Current is '{' or '}')
            {
                bool doubled = _cursor.Following == _cursor.Current;
                if (!doubled && _cursor.Current == '{') break;
                if (!doubled)
                    throw _cursor.Failure(_cursor.Position, "a \"}\" without a \"{\" before it; as text, it is written \"}}\"");
                _cursor.Advance();
            }

            literal.Append(_cursor.Current);
            _cursor.Advance();
        }

        return literal.ToString();
    }

    private KeySource ReadPlaceholder()
    {
        int start = _cursor.Position;
        _cursor.Advance();
        _cursor.SkipSpace();
        KeySource source = ReadSource();
        _cursor.SkipSpace();
        if (_cursor.TrySkip("??"))
        {
            _cursor.SkipSpace();
            source = new KeyDefault(source, _cursor.ReadQuoted("a default"));
            _cursor.SkipSpace();
        }

        if (_cursor.AtEnd) throw _cursor.Failure(start, "the \"{\" is never closed; as text, it is written \"{{\"");
        _cursor.Expect('}', "a placeholder is a path and perhaps a default, as in \"{input.region ?? 'eu'}\"");
        return source;
    }

    private KeySource ReadSource()
    {
        int start = _cursor.Position;
        switch (_cursor.ReadWhile(KeyPathParser.IsNameCharacter))
        {
            case "input":
                return new KeyInputSource(KeyPathParser.ReadSteps(_cursor));
            case "metadata":
                string? name = KeyPathParser.ReadProperty(_cursor);
                if (name is not null && !KeyPathParser.IsStepNext(_cursor)) return new KeyMetadataSource(name);
                throw _cursor.Failure(
                    _cursor.Position, "after \"metadata\" comes one name, as in \"{metadata.region}\" or \"{metadata['a.b']}\"");
            default:
                throw _cursor.Failure(start, "a placeholder begins with \"input\" or \"metadata\", as in \"{input.userId}\"");
        }
    }
}
