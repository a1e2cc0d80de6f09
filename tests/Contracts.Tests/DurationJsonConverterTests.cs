using System.Text.Json;
using CsCheck;

namespace Preempt.Contracts.Tests;

public class DurationJsonConverterTests
{
    [Theory]
    [InlineData("\"10 minutes\"", "\"10m\"")]
    [InlineData("\"PT1H30M\"", "\"1h30m\"")]
    [InlineData("\"never\"", "\"never\"")]
    [InlineData("0.5", "\"500ms\"")]
    [InlineData("9e1", "\"1m30s\"")]
    [InlineData("0", "\"0s\"")]
    [InlineData("1e-400", "\"0s\"")]
    [InlineData("315360000", "\"3650d\"")]
    public void Text_or_seconds_are_read_and_canonical_text_is_written(string json, string expected) =>
        Assert.Equal(expected, JsonSerializer.Serialize(JsonSerializer.Deserialize<Duration>(json)));

    [Theory]
    [InlineData("-1", "a number from 0 to 315360000")]
    [InlineData("-79228162514264337593543950335", "a number from 0 to 315360000")]
    [InlineData("315360001", "a number from 0 to 315360000")]
    [InlineData("79228162514264337593543950335", "a number from 0 to 315360000")]
    [InlineData("1e400", "a number from 0 to 315360000")]
    [InlineData("\"NaN\"", "unexpected \"N\"")]
    [InlineData("\"42\"", "a number needs a unit, as in \"42s\"")]
    [InlineData("true", "a duration is text such as \"1h30m\", or a number of seconds")]
    [InlineData("{}", "a duration is text such as \"1h30m\", or a number of seconds")]
    public void Anything_else_is_refused_in_words(string json, string expected)
    {
        JsonException error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Duration>(json));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_knows_its_place_in_the_document()
    {
        JsonException error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Options>("""{"Timeout":"42"}"""));
        Assert.Equal("$.Timeout", error.Path);
    }

    [Fact]
    public void A_missing_duration_stays_missing() => Assert.Null(JsonSerializer.Deserialize<Options>("""{"Timeout":null}""")!.Timeout);

    [Fact]
    public void Every_duration_survives_the_round_trip() =>
        Gen.Long[0, Duration.MaxTicks].Select(ticks => Duration.FromTimeSpan(TimeSpan.FromTicks(ticks))).Sample(duration =>
            Assert.Equal(duration, JsonSerializer.Deserialize<Duration>(JsonSerializer.Serialize(duration))));

    private sealed record Options(Duration? Timeout);
}
