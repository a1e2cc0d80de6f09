using System.Globalization;
using System.Text;

namespace Preempt.Cli.Output;

/// <summary>Text from elsewhere, made safe to show: what could move the cursor, hide or reorder text becomes visible.</summary>
internal static class SafeText
{
    /// <summary>The text in one line, cut after so many characters.</summary>
    public static string Of(string? text, int maxLength = int.MaxValue, bool keepTabs = false)
    {
        if (text is null)
            return "";
        StringBuilder safe = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (safe.Length >= maxLength)
                return safe.Append('…').ToString();
            safe.Append(IsSafe(rune) || (keepTabs && rune.Value == '\t') ? rune.ToString() : Visible(rune));
        }

        return safe.ToString();
    }

    /// <summary>The same for a JSON document, which stays the document that it is.</summary>
    public static string InJson(string json)
    {
        StringBuilder safe = new();
        foreach (char character in json)
        {
            // Between strings there is white space of JSON only; in strings it is escaped already.
            if (character is '\n' or '\r' || char.IsSurrogate(character) || IsSafe(new Rune(character)))
                safe.Append(character);
            else
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return safe.ToString();
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static string Visible(Rune rune) => rune.Value switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => $"\\u{{{rune.Value:x}}}",
    };
}
