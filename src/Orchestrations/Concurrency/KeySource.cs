using System.Text.Json;

namespace Preempt;

/// <summary>Where one part of a key comes from.</summary>
internal abstract record KeySource
{
    /// <summary>The part for a run with this input and metadata.</summary>
    public abstract KeyValue Read(JsonElement? input, IReadOnlyDictionary<string, string> metadata);
}

/// <summary>Text of the template itself.</summary>
internal sealed record KeyLiteral(string Text) : KeySource
{
    public override KeyValue Read(JsonElement? input, IReadOnlyDictionary<string, string> metadata) => KeyValue.Found(Text);
}

/// <summary><c>{source ?? 'text'}</c>: another source, or a text where that has no value.</summary>
internal sealed record KeyDefault(KeySource Source, string Text) : KeySource
{
    public override KeyValue Read(JsonElement? input, IReadOnlyDictionary<string, string> metadata)
    {
        KeyValue value = Source.Read(input, metadata);
        return value.State == KeyValueState.Missing ? KeyValue.Found(Text) : value;
    }
}

/// <summary><c>{metadata.name}</c>: an entry of the run's metadata.</summary>
internal sealed record KeyMetadataSource(string Name) : KeySource
{
    public override KeyValue Read(JsonElement? input, IReadOnlyDictionary<string, string> metadata) =>
        KeyPropertyName.Match(metadata.Keys, Name) switch
        {
            [] => KeyValue.Missing($"the metadata has no {Excerpt.Of(Name)}"),
            [var match] => KeyValue.Found(metadata[match]),
            var matches => KeyValue.Refused(KeyPropertyName.Ambiguity("the metadata", Name, matches)),
        };
}
