using CsCheck;

namespace Preempt.Contracts.Tests;

public class DurationParserTests
{
    [Theory]
    [InlineData("300ms", "00:00:00.3")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("30m1h", "01:30:00")]
    [InlineData("1.5h", "01:30:00")]
    [InlineData("0.1 sec", "00:00:00.1")]
    [InlineData("1 hour 30 minutes", "01:30:00")]
    [InlineData(" 1  Hour\t30 MIN ", "01:30:00")]
    [InlineData("1hr 2mins 3secs 4milliseconds", "01:02:03.004")]
    [InlineData("2 days", "2.00:00:00")]
    [InlineData("1w1d", "8.00:00:00")]
    [InlineData("2 weeks", "14.00:00:00")]
    [InlineData("1 hour and 30 minutes", "01:30:00")]
    [InlineData("1d, 5h, 10m", "1.05:10:00")]
    [InlineData("1d,5h, and 10m", "1.05:10:00")]
    [InlineData("1 day 00:00:05", "1.00:00:05")]
    [InlineData("1 week, 2 days and 1:00:00.5", "9.01:00:00.5")]
    [InlineData("500us", "00:00:00.0005")]
    [InlineData("500\u00b5s", "00:00:00.0005")]
    [InlineData("1ms 500\u03bcs", "00:00:00.0015")]
    [InlineData("0s", "00:00:00")]
    [InlineData("3650d", "3650.00:00:00")]
    public void Numbers_with_units_are_read(string text, string expected) => AssertReads(text, expected);

    [Theory]
    [InlineData("PT1H30M", "01:30:00")]
    [InlineData("pt90m", "01:30:00")]
    [InlineData("P1DT2H", "1.02:00:00")]
    [InlineData("P2W", "14.00:00:00")]
    [InlineData("P1W1D", "8.00:00:00")]
    [InlineData("PT0.25S", "00:00:00.25")]
    [InlineData("PT1H0.5M", "01:00:30")]
    [InlineData("PT1,5S", "00:00:01.5")]
    public void Iso_8601_is_read(string text, string expected) => AssertReads(text, expected);

    [Theory]
    [InlineData("00:10:00", "00:10:00")]
    [InlineData("0:10:00", "00:10:00")]
    [InlineData("1.2:00:00", "1.02:00:00")]
    [InlineData("23:59:59.9999999", "23:59:59.9999999")]
    [InlineData("1.02:00:00.5", "1.02:00:00.5")]
    public void A_clock_reading_is_read(string text, string expected) => AssertReads(text, expected);

    [Theory]
    [InlineData("never")]
    [InlineData(" NEVER ")]
    public void Never_is_read(string text) => Assert.Equal(Duration.Never, Duration.Parse(text));

    [Fact]
    public void Fractions_are_rounded_to_a_tick_once()
    {
        Assert.Equal(1, Duration.Parse("0.00005ms").Value.Ticks);
        Assert.Equal(0, Duration.Parse("0.00004ms").Value.Ticks);
        Assert.Equal(1, Duration.Parse("0.00004ms 0.00000004s").Value.Ticks);
    }

    [Theory]
    [InlineData(null, "duration \"\": there is no text; write it like")]
    [InlineData(" ", "duration \" \": there is no text; write it like")]
    [InlineData("42", "duration \"42\": a number needs a unit, as in \"42s\"")]
    [InlineData("1h30", "duration \"1h30\", character 3: a number needs a unit, as in \"30s\"")]
    [InlineData("1 2h", "duration \"1 2h\": a number needs a unit, as in \"1s\"")]
    [InlineData("42%", "duration \"42%\", character 3: unexpected \"%\"; a number needs a unit, as in \"42s\"")]
    [InlineData("-5m", "duration \"-5m\": a duration has no sign; write it like")]
    [InlineData("+00:10:00", "duration \"+00:10:00\": a duration has no sign; write it like")]
    [InlineData("1h -5m", "duration \"1h -5m\", character 4: unexpected \"-\"; write it like")]
    [InlineData("NaN", "duration \"NaN\": unexpected \"N\"; write it like")]
    [InlineData("ten minutes", "duration \"ten minutes\": unexpected \"t\"; write it like")]
    [InlineData("5 parsecs", "duration \"5 parsecs\", character 3: there is no unit \"parsecs\"; the units are us, ms, s, m, h, d and w")]
    [InlineData("5ns", "duration \"5ns\", character 2: there is no unit \"ns\"; the units are")]
    [InlineData("1h,", "duration \"1h,\", character 4: the text ends too early; write it like")]
    [InlineData("1h and", "duration \"1h and\", character 4: unexpected \"a\"; write it like")]
    [InlineData("1h,,2m", "duration \"1h,,2m\", character 4: unexpected \",\"; write it like")]
    [InlineData("1,5h", "duration \"1,5h\", character 2: unexpected \",\"; a number needs a unit")]
    [InlineData("1h 00:00:05", "duration \"1h 00:00:05\", character 4: a clock reading follows days and weeks alone")]
    [InlineData("1 day 00:00:05 2h", "duration \"1 day 00:00:05 2h\", character 15: unexpected \" \"; nothing may follow")]
    [InlineData("1wee\u212a", "duration \"1wee\u212a\", character 2: there is no unit \"wee\u212a\"; the units are")]
    [InlineData("PT5\u017f", "duration \"PT5\u017f\", character 4: unexpected \"\u017f\"; the units are")]
    [InlineData("1e3s", "duration \"1e3s\", character 2: there is no unit \"e\"; the units are")]
    [InlineData("1h 2 hours", "duration \"1h 2 hours\", character 6: the unit \"hours\" comes twice; give each unit once")]
    [InlineData("1.h", "duration \"1.h\", character 3: unexpected \"h\"; digits must follow the dot")]
    [InlineData("5😀", "duration \"5😀\", character 2: unexpected \"😀\"; a number needs a unit")]
    [InlineData("3651d", "duration \"3651d\": the longest duration is 3650 days; for no end, write \"never\"")]
    [InlineData("3650d1s", "duration \"3650d1s\": the longest duration is 3650 days")]
    [InlineData("99999999999999999999999999999999h", "duration \"99999999999999999999999999999999h\": the longest duration is 3650 days")]
    [InlineData("P", "duration \"P\", character 2: a number and a unit must follow, as in")]
    [InlineData("P1DT", "duration \"P1DT\", character 5: a number and a unit must follow, as in")]
    [InlineData("P1Y", "duration \"P1Y\", character 3: years and months differ in length; use weeks")]
    [InlineData("P1M", "duration \"P1M\", character 3: years and months differ in length; use weeks")]
    [InlineData("P1H", "duration \"P1H\", character 3: unexpected \"H\"; the units are W and D, and after a \"T\" H, M and S")]
    [InlineData("PT5", "duration \"PT5\", character 4: the text ends too early; the units are")]
    [InlineData("PT1M1H", "duration \"PT1M1H\", character 6: units go from large to small, each once")]
    [InlineData("PT1H1H", "duration \"PT1H1H\", character 6: units go from large to small, each once")]
    [InlineData("PT0.5H1M", "duration \"PT0.5H1M\", character 3: only the last number may have a fraction")]
    [InlineData("00:10", "duration \"00:10\", character 6: the text ends too early; a clock reading has hours, minutes and seconds")]
    [InlineData("0:1:00", "duration \"0:1:00\", character 3: minutes are two digits, 00 to 59, in hh:mm:ss")]
    [InlineData("24:00:00", "duration \"24:00:00\": hours are two digits, 00 to 23, in hh:mm:ss")]
    [InlineData("00:60:00", "duration \"00:60:00\", character 4: minutes are two digits, 00 to 59, in hh:mm:ss")]
    [InlineData("00:00:00.", "duration \"00:00:00.\", character 10: the text ends too early; digits must follow the dot")]
    [InlineData("00:00:00x", "duration \"00:00:00x\", character 9: unexpected \"x\"; nothing may follow")]
    [InlineData(".02:00:00", "duration \".02:00:00\": unexpected \".\"; days are a whole number before the dot")]
    [InlineData("9999.00:00:00", "duration \"9999.00:00:00\": the longest duration is 3650 days")]
    [InlineData("3650.00:00:01", "duration \"3650.00:00:01\": the longest duration is 3650 days")]
    public void Anything_else_is_an_error_that_says_what_where_and_what_is_accepted(string? text, string expected)
    {
        Assert.False(Duration.TryParse(text, out Duration duration, out string? error));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.Equal(default, duration);
        Assert.Equal(error, Assert.Throws<FormatException>(() => Duration.Parse(text!)).Message);
    }

    [Fact]
    public void An_error_quotes_no_more_of_a_long_text_than_helps()
    {
        Assert.False(Duration.TryParse(new string('0', 100_000), out _, out string? error));
        Assert.InRange(error.Length, 1, 300);
    }

    [Fact]
    public void Any_text_at_all_is_a_duration_or_a_format_error()
    {
        Gen<string> alike = Gen.OneOf(
            "0", "1", "42", "9999999999", ".", ":", "-", " ", "P", "T", "h", "ms", "s", "M", "W", "D", "days", "never", "x", "\0", "\ud800")
            .Array[0, 8].Select(string.Concat);

        Gen.OneOf(Gen.String, alike).Sample(
            text =>
            {
                bool valid = Duration.TryParse(text, out Duration duration, out string? error);
                Assert.Equal(valid, error is null);
                if (valid) Assert.Equal(duration, Duration.Parse(duration.ToString()));
                else Assert.Throws<FormatException>(() => Duration.Parse(text));
            },
            iter: 20_000);
    }

    private static void AssertReads(string text, string expected) =>
        Assert.Equal(TimeSpan.ParseExact(expected, "c", null), Duration.Parse(text).Value);
}
