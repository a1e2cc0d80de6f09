using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>Cuts text from outside to a length, to keep it or to quote it in an error message.</summary>
internal static class Excerpt
{
    private const int MaxLength = 60;

    /// <summary>The text, cut after so many characters, or one before where that would cut a character outside the BMP in half.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Shorten(string? text, int length) =>
        text is null || text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    /// <summary>The text in quotes.</summary>
    public static string Of(string text) => text.Length <= MaxLength ? $"\"{text}\"" : $"\"{Shorten(text, MaxLength)}…\"";

    /// <summary>The text in quotes and a place in it; people count characters from 1.</summary>
    public static string Of(string text, int position) => $"{Of(text)}, character {position + 1}";
}
