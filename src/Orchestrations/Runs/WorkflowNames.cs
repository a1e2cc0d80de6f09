using System.Buffers;
using System.Text;

namespace Preempt;

/// <summary>The rules of workflow names: 1 to 40 characters of a-z, 0-9, <c>- _ .</c>, beginning with a letter.</summary>
internal static class WorkflowNames
{
    /// <summary>The longest workflow name, in characters.</summary>
    public const int MaxLength = 40;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>A name that a caller gives as workflows are named: names do not distinguish case.</summary>
    public static string Normalize(string name) => Ascii.IsValid(name) ? name.ToLowerInvariant() : name;

    /// <summary>Checks a workflow name.</summary>
    /// <returns>What is wrong with the name, or null when it is valid.</returns>
    public static string? Validate(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        const string Rule = "a workflow name has 1 to 40 characters: a letter a-z, then letters a-z, digits, \"-\", \"_\" and \".\"";
        return (name.Length, name.AsSpan().IndexOfAnyExcept(NameCharacters)) switch
        {
            (0 or > MaxLength, _) => $"workflow name {Excerpt.Of(name)}: it has {name.Length} characters; {Rule}",
            (_, >= 0 and var position) => $"workflow name {Excerpt.Of(name, position)}: not allowed there; {Rule}",
            _ => char.IsAsciiLetterLower(name[0]) ? null : $"workflow name {Excerpt.Of(name)}: it does not begin with a letter; {Rule}",
        };
    }

    /// <summary>
    /// The workflow name that a type's name stands for: <c>ChatReply</c> is <c>chat-reply</c>, <c>HTTPPing</c> <c>http-ping</c>,
    /// <c>Step3</c> <c>step-3</c>; the arity suffix of a generic type is dropped. A long or non-ASCII name gives a name that
    /// <see cref="Validate"/> refuses.
    /// </summary>
    public static string FromType(string typeName)
    {
        ArgumentNullException.ThrowIfNull(typeName);
        int arity = typeName.IndexOf('`', StringComparison.Ordinal);
        ReadOnlySpan<char> name = arity < 0 ? typeName : typeName.AsSpan(0, arity);

        StringBuilder kebab = new();
        for (int i = 0; i < name.Length; i++)
        {
            if (BeginsWord(name, i)) kebab.Append('-');
            kebab.Append(char.ToLowerInvariant(name[i]));
        }

        return kebab.ToString();
    }

    /// <summary>
    /// Whether a new word begins here: at a digit after a letter, at an upper-case letter after anything else, or at the last of a row of
    /// upper-case letters.
    /// </summary>
    private static bool BeginsWord(ReadOnlySpan<char> name, int i)
    {
        if (i == 0 || !char.IsLetterOrDigit(name[i - 1])) return false;
        if (char.IsDigit(name[i])) return char.IsLetter(name[i - 1]);
        return char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
    }
}
