using System.Text;
using Preempt.Embedded.Store.Sqlite;

namespace Preempt.Embedded.Tests.Store;

public sealed class OrdinalTextTests
{
    private const int Samples = 100_000;

    [Fact]
    public void All_bytes_come_back_and_no_two_read_alike()
    {
        Random random = new(1);
        Dictionary<string, string> read = new(StringComparer.Ordinal);
        for (int sample = 0; sample < Samples; sample++)
        {
            byte[] bytes = new byte[random.Next(8)];
            foreach (ref byte value in bytes.AsSpan())
                value = random.Next(3) == 0 ? (byte)random.Next(256) : "#0EDFab"u8[random.Next(7)];
            string text = OrdinalText.Decode(bytes);
            Assert.Equal(bytes, OrdinalText.Encode(text));
            Assert.Equal(Convert.ToHexString(bytes), read.TryAdd(text, Convert.ToHexString(bytes)) ? Convert.ToHexString(bytes) : read[text]);
        }
    }

    [Fact]
    public void All_text_comes_back()
    {
        Random random = new(2);
        const string Units = "a#0\u00e4\u0800\ud83d\ude00\uffff";
        for (int sample = 0; sample < Samples; sample++)
        {
            StringBuilder text = new();
            for (int unit = random.Next(8); unit > 0; unit--)
                text.Append(Units[random.Next(Units.Length)]);
            Assert.Equal(text.ToString(), OrdinalText.Decode(OrdinalText.Encode(text.ToString())));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_shown_in_hexadecimal()
    {
        Assert.Equal("#61FF", OrdinalText.Decode([0x61, 0xFF]));
        Assert.True(OrdinalText.IsDamaged("#61FF"));
        Assert.False(OrdinalText.IsDamaged("#6162"));
        Assert.False(OrdinalText.IsDamaged("#"));
        Assert.False(OrdinalText.IsDamaged("61FF"));
    }
}
