using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Preempt;

/// <summary>
/// A concurrency key as text with placeholders for parts of a run's input and metadata, such as
/// <c>{input.userId}:{metadata.region ?? 'eu'}</c>. Parsed once, resolved for each run.
/// </summary>
internal sealed class KeyTemplate
{
    /// <summary>The longest resolved key, in characters.</summary>
    public const int MaxKeyLength = 512;

    private readonly string _text;
    private readonly ImmutableArray<KeySource> _sources;

    private KeyTemplate(string text, ImmutableArray<KeySource> sources)
    {
        _text = text;
        _sources = sources;
    }

    /// <summary>Reads a template. <see cref="KeyTemplateParser"/> has the grammar.</summary>
    /// <exception cref="FormatException">The text is not a template; the message says what is wrong and at which character.</exception>
    public static KeyTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, new KeyTemplateParser(text).Parse());
    }

    /// <summary>The key of a run with this input (null: it has none) and metadata.</summary>
    /// <exception cref="KeyTemplateException">A value is missing or is not a single value, or the key is too long.</exception>
    public string Resolve(JsonElement? input, IReadOnlyDictionary<string, string> metadata)
    {
        StringBuilder key = new();
        foreach (KeySource source in _sources)
        {
            KeyValue value = source.Read(input, metadata);
            key.Append(value.State == KeyValueState.Found ? value.Text : throw Failure(value.Text));
        }

        return key.Length <= MaxKeyLength
            ? key.ToString()
            : throw Failure($"the key has {key.Length} characters, and the limit is {MaxKeyLength}");
    }

    /// <summary>The template's text.</summary>
    public override string ToString() => _text;

    private KeyTemplateException Failure(string problem) => new($"key {Excerpt.Of(_text)}: {problem}");
}
