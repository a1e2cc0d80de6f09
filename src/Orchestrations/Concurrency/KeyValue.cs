namespace Preempt;

/// <summary>Whether a part of a key template has a value for a run.</summary>
internal enum KeyValueState
{
    /// <summary>It has one.</summary>
    Found,

    /// <summary>It has none, or null; a default may stand in.</summary>
    Missing,

    /// <summary>What is there cannot be part of a key; no default hides that.</summary>
    Refused,
}

/// <summary>What a part of a key template gives for a run: its text where found, otherwise the problem in words.</summary>
internal readonly record struct KeyValue(KeyValueState State, string Text)
{
    /// <summary>The part's text.</summary>
    public static KeyValue Found(string text) => new(KeyValueState.Found, text);

    /// <summary>There is no value.</summary>
    public static KeyValue Missing(string problem) => new(KeyValueState.Missing, problem);

    /// <summary>There is a value that a key cannot hold.</summary>
    public static KeyValue Refused(string problem) => new(KeyValueState.Refused, problem);
}
