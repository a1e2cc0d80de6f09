using System.Buffers.Text;
using System.Text;

namespace Preempt;

/// <summary>
/// Where a page ended, as callers see it: the engine's own token, wrapped so that anything else is known for what it is.
/// </summary>
internal static class Cursor
{
    private const string Mark = "1:";

    public static string? Wrap(string? token) => token is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Mark + token));

    /// <exception cref="InvalidRunException">The cursor is not one that <see cref="Wrap"/> made.</exception>
    public static string? Unwrap(string? cursor)
    {
        if (cursor is null)
            return null;
        if (Base64Url.IsValid(cursor) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) is var text
            && text.StartsWith(Mark, StringComparison.Ordinal))
            return text[Mark.Length..];
        throw new InvalidRunException($"cursor {Excerpt.Of(cursor)}: not a cursor of an earlier page.");
    }
}
