using System.Globalization;
using System.Text.Json;

namespace Preempt;

/// <summary>One step of a path into JSON, such as a run's input.</summary>
internal abstract record KeyPathStep
{
    /// <summary>Goes from a value to the one below it.</summary>
    /// <param name="parent">Where the step begins.</param>
    /// <param name="path">What the parent is called in messages.</param>
    /// <param name="child">Where the step ends; the default after a failure.</param>
    /// <returns>Why there is no child, or null.</returns>
    public abstract KeyValue? Take(JsonElement parent, string path, out JsonElement child);

    /// <summary>The kind of a JSON value, for messages.</summary>
    public static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}

/// <summary><c>.name</c> or <c>['name']</c>: a property of an object.</summary>
internal sealed record KeyPathProperty(string Name) : KeyPathStep
{
    public override KeyValue? Take(JsonElement parent, string path, out JsonElement child)
    {
        child = default;
        if (parent.ValueKind != JsonValueKind.Object)
            return KeyValue.Missing($"{path} is {KindOf(parent)} and has no property {Excerpt.Of(Name)}");

        switch (KeyPropertyName.Match(parent.EnumerateObject().Select(property => property.Name), Name))
        {
            case []:
                return KeyValue.Missing($"{path} has no property {Excerpt.Of(Name)}");
            case [var match]:
                child = parent.GetProperty(match);
                return null;
            case var matches:
                return KeyValue.Refused(KeyPropertyName.Ambiguity(path, Name, matches));
        }
    }

    public override string ToString() => Name.Length > 0 && Name.All(KeyPathParser.IsNameCharacter)
        ? $".{Name}"
        : $"[{TextCursor.Quote(Name)}]";
}

/// <summary><c>[0]</c>: an item of an array, counted from 0.</summary>
internal sealed record KeyPathItem(int Index) : KeyPathStep
{
    public override KeyValue? Take(JsonElement parent, string path, out JsonElement child)
    {
        child = default;
        if (parent.ValueKind != JsonValueKind.Array) return KeyValue.Missing($"{path} is {KindOf(parent)} and has no item {Index}");

        int length = parent.GetArrayLength();
        if (Index >= length) return KeyValue.Missing($"{path} has no item {Index}; its length is {length}");

        child = parent[Index];
        return null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Index}]");
}
