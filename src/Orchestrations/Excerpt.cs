namespace Preempt;

/// <summary>Quotes text from outside in an error message, cut to a readable length.</summary>
internal static class Excerpt
{
    private const int MaxLength = 60;

    /// <summary>The text in quotes.</summary>
    public static string Of(string text) => text.Length <= MaxLength ? $"\"{text}\"" : $"\"{text[..MaxLength]}…\"";

    /// <summary>The text in quotes and a place in it; people count characters from 1.</summary>
    public static string Of(string text, int position) => $"{Of(text)}, character {position + 1}";
}
