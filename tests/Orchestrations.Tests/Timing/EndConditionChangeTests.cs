using System.Globalization;
using CsCheck;

namespace Preempt.Tests.Timing;

/// <summary>Conditions on time against clocks on the wall, read minute by minute, around days on which they are changed.</summary>
public class EndConditionChangeTests
{
    private static readonly DateTimeOffset[] Starts =
    [
        .. new[]
        {
            "2026-03-29", "2026-10-25", // Europe/Paris
            "2026-03-08", "2026-11-01", // America/New_York
            "2026-10-04", "2026-04-05", // Australia/Lord_Howe
            "2018-11-04", "2018-02-18", // America/Sao_Paulo, at midnight
            "2006-10-29", "2007-03-11", // America/St_Johns, a minute past midnight
            "2011-12-30", // Pacific/Apia, without that day
            "2026-07-01",
        }.Select(day => DateTimeOffset.Parse(day + "T00:00Z", CultureInfo.InvariantCulture).AddDays(-5)),
    ];

    private static readonly Gen<(DateTimeOffset Start, ConditionModel Model)> Case =
        Gen.OneOf(Starts).SelectMany(start => ConditionModel.Any(start).Select(model => (start, model)));

    private static readonly Gen<(int Minute, long Ticks)> Time =
        Gen.Select(Gen.Int[0, WallClocks.Minutes - 1], Gen.OneOf(Gen.Const(0L), Gen.Long[0, TimeSpan.TicksPerMinute - 1]));

    [Fact]
    public void A_condition_is_met_when_the_clocks_say_so() => Gen.Select(Case, Time.Array[50]).Sample(
        (condition, times) =>
        {
            EndCondition read = EndCondition.Parse(condition.Model.Text);
            WallClocks clocks = WallClocks.From(condition.Start);
            foreach ((int minute, long ticks) in times)
                Assert.Equal(condition.Model.Holds(clocks, minute), read.IsMet(clocks.Start.AddMinutes(minute).AddTicks(ticks)));
        },
        iter: 500);

    [Fact]
    public void The_next_change_is_the_next_minute_with_another_answer() => Gen.Select(Case, Time).Sample(
        (condition, time) =>
        {
            EndCondition read = EndCondition.Parse(condition.Model.Text);
            WallClocks clocks = WallClocks.From(condition.Start);
            DateTimeOffset at = clocks.Start.AddMinutes(time.Minute).AddTicks(time.Ticks);
            bool met = condition.Model.Holds(clocks, time.Minute);

            for (int minute = time.Minute; minute < WallClocks.Minutes; minute++)
            {
                if (condition.Model.Holds(clocks, minute) == met) continue;
                met = !met;
                DateTimeOffset expected = clocks.Start.AddMinutes(minute);
                Assert.Equal(expected, read.NextChange(at));
                at = expected;
            }

            Assert.True(read.NextChange(at) is not { } later || later >= clocks.Start.AddMinutes(WallClocks.Minutes));
        },
        iter: 500);

    [Fact]
    public void Nothing_changes_before_the_next_change() => Gen.Select(Case, Time, Gen.Double[0, 0.99]).Sample(
        (condition, time, part) =>
        {
            EndCondition read = EndCondition.Parse(condition.Model.Text);
            DateTimeOffset at = condition.Start.AddMinutes(time.Minute).AddTicks(time.Ticks);
            for (int i = 0; i < 10 && read.NextChange(at) is { } next; i++)
            {
                bool met = read.IsMet(at);
                Assert.True(next > at);
                Assert.Equal(met, read.IsMet(next.AddTicks(-1)));
                Assert.Equal(met, read.IsMet(at + ((next - at) * part)));
                at = next;
            }
        },
        iter: 500);

    [Fact]
    public void A_window_and_the_rest_of_the_day_are_opposites() => Gen.Select(Case, Gen.Int[0, 1439], Gen.Int[1, 1439], Time).Sample(
        (condition, from, length, time) =>
        {
            foreach (string zone in WallClocks.Zones)
            {
                TimeOnly start = TimeOnly.MinValue.AddMinutes(from);
                TimeOnly end = start.AddMinutes(length);
                DateTimeOffset now = condition.Start.AddMinutes(time.Minute);
                EndCondition inside = EndCondition.TimeOfDay(start, end, zone);
                EndCondition outside = EndCondition.TimeOfDay(end, start, zone);
                Assert.NotEqual(inside.IsMet(now), outside.IsMet(now));
                Assert.Equal(inside.NextChange(now), outside.NextChange(now));
            }
        },
        iter: 300);
}
