using System.Globalization;
using System.Text.Json;
using CsCheck;

namespace Preempt.Tests.Concurrency;

/// <summary>Numbers that are equal are one concurrency key, and others are not.</summary>
public sealed class KeyNumberTests
{
    [Theory]
    [InlineData("77001")]
    [InlineData("77001.0", "77001")]
    [InlineData("7.7001e4", "77001")]
    [InlineData("770010E-1", "77001")]
    [InlineData("-0", "0")]
    [InlineData("0.000", "0")]
    [InlineData("0e9", "0")]
    [InlineData("-1.50", "-1.5")]
    [InlineData("0.05")]
    [InlineData("5e-2", "0.05")]
    [InlineData("100e+2", "10000")]
    [InlineData("12345678901234567890123.10", "12345678901234567890123.1")]
    [InlineData("1e20", "100000000000000000000")]
    [InlineData("10e20", "1e21")]
    [InlineData("1e-30")]
    [InlineData("0.1e-29", "1e-30")]
    [InlineData("1e99999999999999999999")]
    public void A_number_is_written_in_one_way(string json, string? expected = null) => Assert.Equal(expected ?? json, KeyNumber.Write(json));

    [Fact]
    public void What_is_written_is_the_same_number() => Gen.Decimal.Sample(number =>
    {
        string written = KeyNumber.Write(number.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(number, decimal.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture));
        Assert.Equal(written, KeyNumber.Write(written));
        Assert.Equal(JsonValueKind.Number, JsonElement.Parse(written).ValueKind);
    });
}
