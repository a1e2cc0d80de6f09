using System.Collections.Immutable;
using System.Text.Json;

namespace Preempt;

/// <summary>
/// <c>{input.items[0].sku}</c>: a single value of the run's input, at the end of a path; an empty path is the input itself.
/// </summary>
internal sealed record KeyInputSource(ImmutableArray<KeyPathStep> Path) : KeySource
{
    private const string Root = "input";

    public override KeyValue Read(JsonElement? input, IReadOnlyDictionary<string, string> metadata)
    {
        if (input is not { ValueKind: not JsonValueKind.Undefined } value) return KeyValue.Missing("there is no input");

        string path = Root;
        try
        {
            foreach (KeyPathStep step in Path)
            {
                if (step.Take(value, Describe(path), out value) is { } failure) return failure;
                path += step;
            }

            return Single(value, Describe(path));
        }
        catch (InvalidOperationException error) when (error is not ObjectDisposedException)
        {
            // JSON may escape half a surrogate pair ("\ud800"), which is found only when the text is read.
            return KeyValue.Refused($"{Describe(path)} holds text that is not valid Unicode");
        }
    }

    private static KeyValue Single(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.String => KeyValue.Found(value.GetString()!),
        JsonValueKind.Number => KeyValue.Found(KeyNumber.Write(value.GetRawText())),
        JsonValueKind.True => KeyValue.Found("true"),
        JsonValueKind.False => KeyValue.Found("false"),
        JsonValueKind.Null => KeyValue.Missing($"{path} is null"),
        _ => KeyValue.Refused($"{path} is {KeyPathStep.KindOf(value)}; a key is made of text, numbers and booleans"),
    };

    private static string Describe(string path) => path == Root ? "the input" : path;
}
