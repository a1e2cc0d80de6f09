using CsCheck;

namespace Preempt.Contracts.Tests;

public class DurationTests
{
    private static readonly Gen<Duration> AnyDuration = Gen.OneOf(
        Gen.Long[0, Duration.MaxTicks].Select(ticks => Duration.FromTimeSpan(TimeSpan.FromTicks(ticks))),
        Gen.Long[0, TimeSpan.TicksPerMinute].Select(ticks => Duration.FromTimeSpan(TimeSpan.FromTicks(ticks))),
        Gen.Int[0, 3650].Select(days => Duration.FromTimeSpan(TimeSpan.FromDays(days))),
        Gen.Const(Duration.Never));

    [Fact]
    public void Canonical_text_parses_back_to_the_same_value() =>
        AnyDuration.Sample(duration => Assert.Equal(duration, Duration.Parse(duration.ToString())));

    [Fact]
    public void Order_is_that_of_the_length_with_never_last() => Gen.Select(AnyDuration, AnyDuration).Sample((left, right) =>
    {
        int expected = Length(left).CompareTo(Length(right));
        Assert.Equal(expected, left.CompareTo(right));
        Assert.Equal(expected < 0, left < right);
        Assert.Equal(expected <= 0, left <= right);
        Assert.Equal(expected > 0, left > right);
        Assert.Equal(expected >= 0, left >= right);
        Assert.Equal(expected == 0, left == right);
        Assert.Equal(expected <= 0 ? left : right, Duration.Min(left, right));

        static decimal Length(Duration duration) => duration.IsNever ? decimal.MaxValue : duration.Value.Ticks;
    });

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "0.0001ms")]
    [InlineData(5_000, "0.5ms")]
    [InlineData(2_500_000, "250ms")]
    [InlineData(15_000_000, "1s500ms")]
    [InlineData(54_000_000_000, "1h30m")]
    [InlineData(936_000_000_000, "1d2h")]
    [InlineData(Duration.MaxTicks, "3650d")]
    public void Canonical_text_is_short(long ticks, string expected) =>
        Assert.Equal(expected, Duration.FromTimeSpan(TimeSpan.FromTicks(ticks)).ToString());

    [Fact]
    public void Never_has_no_value()
    {
        Assert.True(Duration.Never.IsNever);
        Assert.Equal("never", Duration.Never.ToString());
        Assert.Equal(Duration.Never, Duration.Parse("never"));
        Assert.Throws<InvalidOperationException>(() => Duration.Never.Value);
    }

    [Fact]
    public void The_default_is_zero() => Assert.Equal(TimeSpan.Zero, default(Duration).Value);

    [Fact]
    public void Text_and_time_spans_convert_by_themselves()
    {
        Assert.Equal(TimeSpan.FromMinutes(10), Timeout("10 minutes").Value);
        Assert.Equal(TimeSpan.FromMinutes(10), Timeout(TimeSpan.FromMinutes(10)).Value);
        Assert.Throws<FormatException>(() => Timeout((string?)null));
        Assert.Throws<ArgumentOutOfRangeException>(() => Timeout(TimeSpan.FromTicks(-1)));

        static Duration Timeout(Duration duration) => duration;
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 1_000_000)]
    [InlineData(0.00000025, 2)]
    [InlineData(315_360_000, Duration.MaxTicks)]
    public void Seconds_make_a_duration(double seconds, long ticks) => Assert.Equal(ticks, Duration.FromSeconds(seconds).Value.Ticks);

    [Theory]
    [InlineData(-1)]
    [InlineData(315_360_001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Seconds_out_of_range_are_refused(double seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Duration.FromSeconds(seconds));

    [Theory]
    [InlineData(-1)]
    [InlineData(Duration.MaxTicks + 1)]
    [InlineData(long.MaxValue)]
    public void Time_spans_out_of_range_are_refused(long ticks) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Duration.FromTimeSpan(TimeSpan.FromTicks(ticks)));
}
