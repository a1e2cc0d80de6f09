using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>
/// Text as bytes that compare as the text does ordinally: UTF-8, but with the two halves of a surrogate pair encoded each for
/// itself (CESU-8). Plain UTF-8 would sort characters above U+FFFF after all others, and lose unpaired halves. Bytes that are no text
/// are shown in hexadecimal after a <c>#</c>, with which no id begins; so they too come back as they were.
/// </summary>
internal static class OrdinalText
{
    private const byte FirstOfSurrogate = 0xED;
    private const byte FirstOfFour = 0xF0;
    private const char Mark = '#';

    public static byte[] Encode(string text) => FindDamaged(text) ?? EncodeUnits(text);

    /// <summary>Whether a text stands for bytes that are no text.</summary>
    public static bool IsDamaged(string text) => FindDamaged(text) is not null;

    private static byte[]? FindDamaged(string text)
    {
        if (text is not [Mark, .. { Length: > 0 } hex])
            return null;
        byte[] bytes = new byte[hex.Length / 2];
        return Convert.FromHexString(hex, bytes, out _, out _) == OperationStatus.Done && Decode(bytes) == text ? bytes : null;
    }

    private static byte[] EncodeUnits(string text)
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
        if (IsPlain(bytes))
            return Encoding.UTF8.GetString(bytes);
        string? text = DecodeUnits(bytes);
        return text is not null && Encode(text).AsSpan().SequenceEqual(bytes) ? text : Mark + Convert.ToHexString(bytes);
    }

    /// <summary>Whether the bytes are UTF-8 in which no text differs from ours.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> bytes) =>
        bytes is not [(byte)Mark, ..] && !bytes.Contains(FirstOfSurrogate) && !bytes.ContainsAnyInRange(FirstOfFour, (byte)0xFF) && Utf8.IsValid(bytes);

    /// <summary>What the bytes say if they are text; null if a character is cut off.</summary>
    private static string? DecodeUnits(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        for (int i = 0; i < bytes.Length;)
        {
            int length = bytes[i] < 0x80 ? 1 : bytes[i] < 0xE0 ? 2 : 3;
            if (i + length > bytes.Length)
                return null;
            text.Append((char)(length switch
            {
                1 => bytes[i],
                2 => ((bytes[i] & 0x1F) << 6) | (bytes[i + 1] & 0x3F),
                _ => ((bytes[i] & 0x0F) << 12) | ((bytes[i + 1] & 0x3F) << 6) | (bytes[i + 2] & 0x3F),
            }));
            i += length;
        }

        return text.ToString();
    }
}
