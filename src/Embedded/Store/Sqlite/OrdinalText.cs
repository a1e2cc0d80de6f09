using System.Text;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>
/// Text as bytes that compare as the text does ordinally: UTF-8, but with the two halves of a surrogate pair encoded each for
/// itself (CESU-8). Plain UTF-8 would sort characters above U+FFFF after all others, and lose unpaired halves.
/// </summary>
internal static class OrdinalText
{
    private const byte FirstOfSurrogate = 0xED;

    public static byte[] Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return Encoding.UTF8.GetBytes(text);
        List<byte> bytes = new(text.Length * 3);
        foreach (char unit in text)
        {
            if (unit < 0x80)
            {
                bytes.Add((byte)unit);
            }
            else if (unit < 0x800)
            {
                bytes.Add((byte)(0xC0 | (unit >> 6)));
                bytes.Add((byte)(0x80 | (unit & 0x3F)));
            }
            else
            {
                bytes.Add((byte)(0xE0 | (unit >> 12)));
                bytes.Add((byte)(0x80 | ((unit >> 6) & 0x3F)));
                bytes.Add((byte)(0x80 | (unit & 0x3F)));
            }
        }

        return [.. bytes];
    }

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.Contains(FirstOfSurrogate))
            return Encoding.UTF8.GetString(bytes);
        StringBuilder text = new(bytes.Length);
        for (int i = 0; i < bytes.Length;)
        {
            switch (bytes[i])
            {
                case < 0x80:
                    text.Append((char)bytes[i]);
                    i += 1;
                    break;
                case < 0xE0:
                    text.Append((char)(((bytes[i] & 0x1F) << 6) | (bytes[i + 1] & 0x3F)));
                    i += 2;
                    break;
                default:
                    text.Append((char)(((bytes[i] & 0x0F) << 12) | ((bytes[i + 1] & 0x3F) << 6) | (bytes[i + 2] & 0x3F)));
                    i += 3;
                    break;
            }
        }

        return text.ToString();
    }
}
