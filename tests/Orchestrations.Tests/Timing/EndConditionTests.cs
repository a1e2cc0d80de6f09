using System.Globalization;
using System.Text.Json;

namespace Preempt.Tests.Timing;

/// <summary>When conditions are met, by examples; <see cref="EndConditionChangeTests"/> has all the others.</summary>
public class EndConditionTests
{
    [Theory]
    [InlineData("time of day between 08:00 and 18:00 Europe/Paris", "2026-06-01T05:59:59.9999999Z", false)]
    [InlineData("time of day between 08:00 and 18:00 Europe/Paris", "2026-06-01T06:00:00Z", true)]
    [InlineData("time of day between 08:00 and 18:00 Europe/Paris", "2026-06-01T17:59:59.9999999+02:00", true)]
    [InlineData("time of day between 08:00 and 18:00 Europe/Paris", "2026-06-01T18:00:00+02:00", false)]
    [InlineData("time of day between 08:00 and 18:00", "2026-06-01T08:00:00Z", true)]
    [InlineData("time of day between 22:00 and 06:00", "2026-06-01T21:59:00Z", false)]
    [InlineData("time of day between 22:00 and 06:00", "2026-06-01T23:00:00Z", true)]
    [InlineData("time of day between 22:00 and 06:00", "2026-06-01T05:59:00Z", true)]
    [InlineData("time of day between 22:00 and 06:00", "2026-06-01T06:00:00Z", false)]
    [InlineData("time of day between 22:00 and 24:00", "2026-06-01T23:59:59.9999999Z", true)]
    [InlineData("time of day between 22:00 and 24:00", "2026-06-01T00:00:00Z", false)]
    [InlineData("time of day between 00:00 and 24:00", "2026-06-01T00:00:00Z", true)]
    [InlineData("time of day between 08:00:30 and 08:00:30.5 Asia/Kathmandu", "2026-06-01T02:15:30.4Z", true)]
    [InlineData("time of day between 08:00:30 and 08:00:30.5 Asia/Kathmandu", "2026-06-01T02:15:30.5Z", false)]
    [InlineData("weekend", "2026-06-05T23:59:59Z", false)]
    [InlineData("weekend", "2026-06-06T00:00:00Z", true)]
    [InlineData("weekend Europe/Paris", "2026-06-05T22:00:00Z", true)]
    [InlineData("weekend", "2026-06-08T00:00:00Z", false)]
    [InlineData("weekdays", "2026-06-05T12:00:00Z", true)]
    [InlineData("friday", "2026-06-05T12:00:00Z", true)]
    [InlineData("friday", "2026-06-06T12:00:00Z", false)]
    [InlineData("friday to monday", "2026-06-08T12:00:00Z", true)]
    [InlineData("friday to monday", "2026-06-09T12:00:00Z", false)]
    [InlineData("monday to sunday", "2026-06-09T12:00:00Z", true)]
    [InlineData("after 2026-12-24T18:00 Europe/Paris", "2026-12-24T16:59:59Z", false)]
    [InlineData("after 2026-12-24T18:00 Europe/Paris", "2026-12-24T17:00:00Z", true)]
    [InlineData("before 2026-12-24T18:00-05:30", "2026-12-24T23:29:59Z", true)]
    [InlineData("before 2026-12-24T18:00-05:30", "2026-12-24T23:30:00Z", false)]
    [InlineData("not weekend", "2026-06-05T12:00:00Z", true)]
    [InlineData("weekend or monday and not monday", "2026-06-06T12:00:00Z", true)]
    [InlineData("(weekend or monday) and not saturday", "2026-06-06T12:00:00Z", false)]
    [InlineData("event done or weekend", "2026-06-06T12:00:00Z", true)]
    [InlineData("event done", "2026-06-06T12:00:00Z", false)]
    public void A_condition_is_met_at_its_times(string condition, string now, bool expected) =>
        Assert.Equal(expected, EndCondition.Parse(condition).IsMet(Instant(now)));

    [Theory]
    [InlineData("time of day between 08:00 and 18:00", "2026-06-01T07:00Z", "2026-06-01T08:00Z")]
    [InlineData("time of day between 08:00 and 18:00", "2026-06-01T08:00Z", "2026-06-01T18:00Z")]
    [InlineData("time of day between 08:00 and 18:00", "2026-06-01T18:00Z", "2026-06-02T08:00Z")]
    [InlineData("time of day between 00:00 and 24:00", "2026-06-01T18:00Z", null)]
    [InlineData("monday to sunday", "2026-06-01T18:00Z", null)]
    [InlineData("weekend", "2026-06-01T18:00Z", "2026-06-06T00:00Z")]
    [InlineData("weekend", "2026-06-06T00:00Z", "2026-06-08T00:00Z")]
    [InlineData("after 2026-12-24T18:00Z", "2026-06-06T00:00+02:00", "2026-12-24T18:00Z")]
    [InlineData("after 2026-12-24T18:00Z", "2026-12-24T18:00Z", null)]
    [InlineData("weekend or after 2026-06-13T12:00Z", "2026-06-07T00:00Z", "2026-06-08T00:00Z")]
    [InlineData("weekend or after 2026-06-13T12:00Z", "2026-06-13T12:00Z", null)]
    [InlineData("weekend and before 2026-06-13T12:00Z", "2026-06-13T12:00Z", null)]
    [InlineData("weekend and time of day between 08:00 and 18:00", "2026-06-01T07:00Z", "2026-06-06T08:00Z")]
    [InlineData("not (weekend and time of day between 08:00 and 18:00)", "2026-06-01T07:00Z", "2026-06-06T08:00Z")]
    [InlineData("time of day between 08:00 and 18:00 or time of day between 18:00 and 07:00", "2026-06-01T08:00Z", "2026-06-02T07:00Z")]
    [InlineData("event done", "2026-06-01T18:00Z", null)]
    [InlineData("event done and weekend", "2026-06-01T18:00Z", null)]
    [InlineData("event done or weekend", "2026-06-01T18:00Z", "2026-06-06T00:00Z")]
    public void The_next_change_skips_all_that_changes_nothing(string condition, string after, string? expected) =>
        Assert.Equal(
            expected is null ? null : Instant(expected), EndCondition.Parse(condition).NextChange(Instant(after)));

    [Fact]
    public void The_next_change_is_in_utc() =>
        Assert.Equal(TimeSpan.Zero, EndCondition.Parse("weekend Europe/Paris").NextChange(Instant("2026-06-01T18:00+05:00"))!.Value.Offset);

    [Fact]
    public void A_combination_that_never_changes_is_asked_again_after_years()
    {
        EndCondition never = EndCondition.Parse("monday and tuesday");
        DateTimeOffset? again = never.NextChange(Instant("2026-01-01T00:00Z"));
        Assert.InRange(again!.Value, Instant("2029-01-01T00:00Z"), Instant("2040-01-01T00:00Z"));
        Assert.False(never.IsMet(again.Value));
    }

    // Clocks in Paris go from 02:00 to 03:00 on 2026-03-29 and from 03:00 to 02:00 on 2026-10-25, both at 01:00 UTC.
    [Theory]
    [InlineData("between 02:30 and 08:00 Europe/Paris", "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-29T06:00Z")]
    [InlineData("between 01:00 and 02:30 Europe/Paris", "2026-03-28T12:00Z", "2026-03-29T00:00Z", "2026-03-29T01:00Z")]
    [InlineData("between 01:30 and 03:30 Europe/Paris", "2026-03-28T12:00Z", "2026-03-29T00:30Z", "2026-03-29T01:30Z")]
    [InlineData("between 02:15 and 02:45 Europe/Paris", "2026-03-28T12:00Z", "2026-03-30T00:15Z", "2026-03-30T00:45Z")]
    [InlineData("between 02:00 and 03:00 Europe/Paris", "2026-03-28T12:00Z", "2026-03-30T00:00Z", "2026-03-30T01:00Z")]
    [InlineData("between 02:30 and 08:00 Europe/Paris", "2026-10-24T12:00Z", "2026-10-25T00:30Z", "2026-10-25T07:00Z")]
    [InlineData("between 01:30 and 02:30 Europe/Paris", "2026-10-24T12:00Z", "2026-10-24T23:30Z", "2026-10-25T00:30Z")]
    [InlineData("between 02:15 and 02:45 Europe/Paris", "2026-10-24T12:00Z", "2026-10-25T00:15Z", "2026-10-25T00:45Z")]
    [InlineData("between 02:30 and 03:00 Europe/Paris", "2026-10-24T12:00Z", "2026-10-25T00:30Z", "2026-10-25T02:00Z")]
    // Half an hour on Lord Howe: 02:00 to 02:30 on 2026-10-04, 02:00 to 01:30 on 2026-04-05.
    [InlineData("between 02:15 and 04:00 Australia/Lord_Howe", "2026-10-03T12:00Z", "2026-10-03T15:30Z", "2026-10-03T17:00Z")]
    [InlineData("between 01:45 and 04:00 Australia/Lord_Howe", "2026-04-04T12:00Z", "2026-04-04T14:45Z", "2026-04-04T17:30Z")]
    // In New York 2026-03-08 and 2026-11-01.
    [InlineData("between 02:30 and 08:00 America/New_York", "2026-03-07T14:00Z", "2026-03-08T07:00Z", "2026-03-08T12:00Z")]
    [InlineData("between 01:30 and 08:00 America/New_York", "2026-10-31T14:00Z", "2026-11-01T05:30Z", "2026-11-01T13:00Z")]
    // No summer time, and a quarter of an hour.
    [InlineData("between 08:00 and 18:00 Asia/Kathmandu", "2026-06-01T00:00Z", "2026-06-01T02:15Z", "2026-06-01T12:15Z")]
    public void Each_time_of_day_comes_once_also_when_clocks_change(string window, string after, string start, string end) =>
        AssertNextChanges("time of day " + window, after, start, end);

    [Theory]
    // São Paulo skipped midnight, 00:00 to 01:00 on 2018-11-04; St. John's went from 00:01 back to 23:01 on the day before, 2006-10-29.
    [InlineData("sunday America/Sao_Paulo", "2018-11-03T12:00Z", "2018-11-04T03:00Z", "2018-11-05T02:00Z")]
    [InlineData("time of day between 23:00 and 24:00 America/Sao_Paulo", "2018-11-03T12:00Z", "2018-11-04T02:00Z", "2018-11-04T03:00Z")]
    [InlineData("sunday America/St_Johns", "2006-10-28T12:00Z", "2006-10-29T02:30Z", "2006-10-30T03:30Z")]
    [InlineData("time of day between 23:30 and 24:00 America/St_Johns", "2006-10-28T12:00Z", "2006-10-29T02:00Z", "2006-10-29T02:30Z")]
    // Samoa had no 2011-12-30, a Friday.
    [InlineData("friday Pacific/Apia", "2011-12-29T12:00Z", "2012-01-05T10:00Z", "2012-01-06T10:00Z")]
    [InlineData("saturday Pacific/Apia", "2011-12-29T12:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z")]
    [InlineData("time of day between 22:00 and 06:00 Pacific/Apia", "2011-12-30T06:00Z", "2011-12-30T08:00Z", "2011-12-30T16:00Z")]
    public void Days_begin_once_also_when_midnight_is_skipped_or_repeated(string condition, string after, string start, string end) =>
        AssertNextChanges(condition, after, start, end);

    [Theory]
    [InlineData("after 2026-03-29T02:30 Europe/Paris", "2026-03-29T01:00Z")]
    [InlineData("after 2026-10-25T02:30 Europe/Paris", "2026-10-25T00:30Z")]
    [InlineData("after 2026-10-25T02:30+01:00", "2026-10-25T01:30Z")]
    [InlineData("after 2011-12-30T12:00 Pacific/Apia", "2011-12-30T10:00Z")]
    public void A_deadline_is_the_first_valid_instant(string condition, string expected) =>
        AssertNextChanges(condition, "2000-01-01T00:00Z", expected);

    [Theory]
    [InlineData("event done", "done", null, true)]
    [InlineData("event done", "DONE", null, true)]
    [InlineData("event done", "other", null, false)]
    [InlineData("event 'all done'", "all done", "7", true)]
    [InlineData("event done where a.b = 'x'", "done", """{ "a": { "b": "x" } }""", true)]
    [InlineData("event done where a.b = 'x'", "done", """{ "A": { "B": "x" } }""", true)]
    [InlineData("event done where a.b = 'x'", "done", """{ "a": { "b": "X" } }""", false)]
    [InlineData("event done where a.b = 'x'", "done", """{ "a": "x" }""", false)]
    [InlineData("event done where a.b = 'x'", "done", null, false)]
    [InlineData("event done where a = 'x'", "done", """{ "A": "x", "a": "y" }""", false)]
    [InlineData("event done where a = 'x'", "done", """{ "A": "x", "\ud800": 1 }""", false)]
    [InlineData("event done where a = 'x'", "done", """{ "a": "\ud800" }""", false)]
    [InlineData("event done where a = 'it''s'", "done", """{ "a": "it's" }""", true)]
    [InlineData("event done where a = 3", "done", """{ "a": 3.00 }""", true)]
    [InlineData("event done where a = 3e2", "done", """{ "a": 300 }""", true)]
    [InlineData("event done where a = 12345678901234567890123", "done", """{ "a": 12345678901234567890124 }""", false)]
    [InlineData("event done where a = 3", "done", """{ "a": "3" }""", false)]
    [InlineData("event done where a = 3", "done", """{ "a": 1e99999999999 }""", false)]
    [InlineData("event done where a = TRUE", "done", """{ "a": true }""", true)]
    [InlineData("event done where a = false", "done", """{ "a": true }""", false)]
    [InlineData("event done where a = null", "done", """{ "a": null }""", true)]
    [InlineData("event done where a = null", "done", "{}", false)]
    [InlineData("event done where [1].id = 2", "done", """[{ "id": 1 }, { "id": 2 }]""", true)]
    [InlineData("event done where items[1]['the id'] = 2", "done", """{ "items": [0, { "the id": 2 }] }""", true)]
    [InlineData("event done where a = 1 and b = 2", "done", """{ "a": 1, "b": 2 }""", true)]
    [InlineData("event done where a = 1 and b = 2", "done", """{ "a": 1, "b": 3 }""", false)]
    [InlineData("event done or event failed where code = 3", "failed", """{ "code": 3 }""", true)]
    [InlineData("event done or event failed where code = 3", "failed", """{ "code": 4 }""", false)]
    [InlineData("event done and weekend", "done", null, true)]
    [InlineData("event done and weekdays", "done", null, false)]
    [InlineData("event done where a = 1 and weekend", "done", """{ "a": 1 }""", true)]
    public void An_event_meets_a_condition_when_it_arrives(string condition, string name, string? payload, bool expected)
    {
        JsonElement? json = payload is null ? null : JsonElement.Parse(payload);
        Assert.Equal(expected, EndCondition.Parse(condition).MatchesEvent(name, json, Instant("2026-06-06T12:00Z")));
    }

    [Fact]
    public void Any_instant_can_be_asked_about()
    {
        foreach (string zone in (string[])["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Paris"])
        {
            foreach (string form in (string[])["time of day between 08:00 and 18:00 ", "monday ", "friday to tuesday "])
            {
                EndCondition condition = EndCondition.Parse(form + zone);
                Assert.Null(condition.NextChange(DateTimeOffset.MaxValue));
                DateTimeOffset first = condition.NextChange(DateTimeOffset.MinValue)!.Value;
                Assert.NotEqual(condition.IsMet(DateTimeOffset.MinValue), condition.IsMet(first));
                Assert.Equal(condition.IsMet(DateTimeOffset.MinValue), condition.IsMet(first.AddTicks(-1)));
            }
        }
    }

    private static void AssertNextChanges(string text, string after, params string[] expected)
    {
        EndCondition condition = EndCondition.Parse(text);
        DateTimeOffset? at = Instant(after);
        foreach (string instant in expected)
        {
            at = condition.NextChange(at!.Value);
            Assert.Equal(Instant(instant), at);
        }
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
