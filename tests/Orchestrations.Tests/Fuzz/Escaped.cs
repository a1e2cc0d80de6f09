using System.Globalization;
using System.Text;

namespace Preempt.Tests.Fuzz;

/// <summary>Any text on one line: <c>\uXXXX</c> stands for a character that is not printable ASCII, half a surrogate pair included, and for a backslash.</summary>
internal static class Escaped
{
    private const int Length = 6;

    public static string Write(string text)
    {
        StringBuilder line = new();
        foreach (char character in text)
        {
            if (character is >= ' ' and <= '~' and not '\\')
                line.Append(character);
            else
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return line.ToString();
    }

    public static string Read(string line)
    {
        StringBuilder text = new();
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
            {
                text.Append(line[i]);
                continue;
            }

            text.Append((char)ushort.Parse(line.AsSpan(i + 2, Length - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            i += Length - 1;
        }

        return text.ToString();
    }
}
