using System.Text.Json;
using CsCheck;

namespace Preempt.Tests.Timing;

public class EndConditionTextTests
{
    private static readonly Gen<string> Event = Gen.Select(
            Gen.OneOf("done", "order.paid:v2", "'it''s all'", "'where'"),
            Gen.OneOf("a", "a.b[0]['the id']", "[2].größe", "not", "['']"),
            Gen.OneOf("'x'", "''''", "-1.50", "2e5", "true", "false", "null"),
            Gen.Int[0, 3])
        .Select((name, path, value, matches) => matches == 0
            ? $"event {name}"
            : $"event {name} where {string.Join(" and ", Enumerable.Repeat($"{path} = {value}", matches))}");

    private static readonly Gen<string> Valid =
        Gen.Select(ConditionModel.Any(DateTimeOffset.UnixEpoch), Event, Gen.OneOf("", "and", "or")).Select((model, happening, word) =>
                word.Length == 0 ? model.Text : $"{happening} {word} ({model})");

    [Theory]
    [InlineData("time of day between 08:00 and 18:00 Europe/Paris", "time of day between 08:00 and 18:00 Europe/Paris")]
    [InlineData("  TIME of\tday Between 08:00:00 AND 00:00  utc ", "time of day between 08:00 and 24:00")]
    [InlineData("time of day between 08:00:30.50 and 23:59:59.9999999", "time of day between 08:00:30.5 and 23:59:59.9999999")]
    [InlineData("saturday to sunday", "weekend")]
    [InlineData("Monday TO friday America/Port-au-Prince", "weekdays America/Port-au-Prince")]
    [InlineData("sunday Etc/GMT+5", "sunday Etc/GMT+5")]
    [InlineData("after 2026-12-24T18:00:00Z", "after 2026-12-24T18:00:00Z")]
    [InlineData("after 2026-12-24 18:00 Europe/Paris", "after 2026-12-24T17:00:00Z")]
    [InlineData("before 2026-12-24t18:00:00.125 -05:30", "before 2026-12-24T23:30:00.125Z")]
    [InlineData("before 2026-12-24 18:00", "before 2026-12-24T18:00:00Z")]
    [InlineData("event 'done'", "event done")]
    [InlineData("event 'and'", "event 'and'")]
    [InlineData(
        "event x where where=TRUE AND['a'].b=-1.50and['it''s'] = 'it''s'",
        "event x where where = true and a.b = -1.50 and ['it''s'] = 'it''s'")]
    [InlineData("event x where a = 1 and weekend", "event x where a = 1 and weekend")]
    [InlineData(
        "(event x where a = 1) and time of day between 08:00 and 09:00",
        "event x where a = 1 and time of day between 08:00 and 09:00")]
    [InlineData("monday and (tuesday and (friday))", "monday and tuesday and friday")]
    [InlineData("monday or tuesday and not friday", "monday or tuesday and not friday")]
    [InlineData("(monday or tuesday)and not(friday)", "(monday or tuesday) and not friday")]
    [InlineData("not not (monday and tuesday)", "not not (monday and tuesday)")]
    public void Text_has_one_canonical_form(string text, string expected) => Assert.Equal(expected, EndCondition.Parse(text).ToString());

    [Fact]
    public void Canonical_text_parses_back_to_an_equal_condition() => Valid.Sample(
        text =>
        {
            EndCondition condition = EndCondition.Parse(text);
            EndCondition again = EndCondition.Parse(condition.ToString());
            Assert.Equal(condition, again);
            Assert.Equal(condition.GetHashCode(), again.GetHashCode());
            Assert.Equal(condition.ToString(), again.ToString());
        },
        iter: 2000);

    [Fact]
    public void Conditions_differ_when_their_text_does() => Gen.Select(Valid, Valid).Sample(
        (left, right) =>
        {
            EndCondition first = EndCondition.Parse(left);
            EndCondition second = EndCondition.Parse(right);
            Assert.Equal(first.ToString() == second.ToString(), first == second);
        },
        iter: 2000);

    [Fact]
    public void Code_builds_what_text_says()
    {
        EndCondition built = EndCondition.Any(
            EndCondition.All(
                EndCondition.TimeOfDay(new(22, 0), new(6, 0), "Europe/Paris"),
                EndCondition.Not(EndCondition.Days(DayOfWeek.Saturday, DayOfWeek.Sunday)),
                EndCondition.All("monday", EndCondition.OnEvent("done", "a.b = 'x' and n = 3"))),
            EndCondition.After(new(2026, 12, 24, 18, 0, 0, TimeSpan.FromHours(1))),
            EndCondition.Before(DateTimeOffset.MinValue),
            EndCondition.OnEvent("it's all"));

        EndCondition read = "time of day between 22:00 and 06:00 Europe/Paris and not weekend and monday"
            + " and event done where a.b = 'x' and n = 3 or after 2026-12-24T17:00:00Z or before 0001-01-01T00:00:00Z or event 'it''s all'";
        Assert.Equal(read, built);
        Assert.Equal(read.ToString(), built.ToString());
    }

    [Fact]
    public void Code_cannot_build_what_text_cannot_say()
    {
        EndCondition monday = "monday";
        EndCondition done = "event done";
        Assert.Throws<ArgumentException>(() => EndCondition.TimeOfDay(new(8, 0), new(8, 0)));
        Assert.Throws<ArgumentException>(() => EndCondition.TimeOfDay(new(8, 0), new(9, 0), "Mars/Olympus"));
        Assert.Throws<ArgumentException>(() => EndCondition.Days((DayOfWeek)7, DayOfWeek.Monday));
        Assert.Throws<ArgumentException>(() => EndCondition.OnEvent(""));
        Assert.Throws<ArgumentException>(() => EndCondition.OnEvent("\ud800"));
        Assert.Throws<ArgumentException>(() => EndCondition.OnEvent("done", "a = 1 or weekend"));
        Assert.Throws<ArgumentException>(() => EndCondition.OnEvent("done", "a = 1 and weekend"));
        Assert.Throws<ArgumentException>(() => EndCondition.Not(done));
        Assert.Throws<ArgumentException>(() => EndCondition.All(done, EndCondition.Any(done, monday)));
        Assert.Throws<ArgumentException>(() => EndCondition.All());
        Assert.Throws<ArgumentException>(() => EndCondition.Any([.. Enumerable.Repeat(monday, 500)]));
        Assert.Throws<ArgumentException>(
            () => Enumerable.Range(0, EndCondition.MaxDepth + 1).Aggregate(monday, (inner, _) => EndCondition.Not(inner)));
    }

    [Theory]
    [InlineData(null, 1, "there is no text; write it like \"time of day between")]
    [InlineData(" ", 1, "there is no text; write it like")]
    [InlineData("someday", 1, "unexpected \"someday\"; write it like")]
    [InlineData("monday and", 11, "the text ends too early; write it like")]
    [InlineData("monday and and", 12, "unexpected \"and\"; write it like")]
    [InlineData("monday, tuesday", 7, "unexpected \",\"; here the condition ends, or goes on with \"and\" or \"or\"")]
    [InlineData("monday 😀", 8, "unexpected \"😀\"; here the condition ends")]
    [InlineData("monday)", 7, "unexpected \")\"; here the condition ends")]
    [InlineData("monday or (friday", 11, "the \"(\" is never closed")]
    [InlineData("(monday, friday)", 8, "unexpected \",\"; here stands \")\", \"and\" or \"or\"")]
    [InlineData("monday to", 10, "the text ends too early; after \"to\" comes the last day")]
    [InlineData("monday to someday", 11, "unexpected \"someday\"; after \"to\" comes the last day, as in \"monday to friday\"")]
    [InlineData("monday to monday", 11, "the two days are the same; one day is written alone, as in \"monday\"")]
    [InlineData("weekend Mars/Olympus", 9, "there is no time zone \"Mars/Olympus\"; write an IANA name such as")]
    [InlineData("weekend localtime", 9, "there is no time zone \"localtime\"")]
    [InlineData("weekend right/Europe/Paris", 9, "there is no time zone \"right/Europe/Paris\"")]
    [InlineData("weekend Europe", 9, "there is no time zone \"Europe\"")]
    [InlineData("weekend until monday", 9, "there is no time zone \"until\"")]
    [InlineData("time between 08:00 and 18:00", 6, "unexpected \"between\"; it is written \"time of day between 08:00 and 18:00\"")]
    [InlineData("time of day between 8:00 and 18:00", 21, "here stand hours, two digits, 00 to 23")]
    [InlineData("time of day between 24:00 and 18:00", 21, "here stand hours, two digits, 00 to 23")]
    [InlineData("time of day between 08 and 18", 23, "\":\" is missing; a time is hh:mm, as in 08:00")]
    [InlineData("time of day between 08:60 and 18:00", 24, "here stand minutes, two digits, 00 to 59")]
    [InlineData("time of day between 08:00:0 and 18:00", 27, "here stand seconds, two digits, 00 to 59")]
    [InlineData("time of day between 08:00:00.12345678 and 18:00", 30, "a second has 1 to 7 decimals after the dot")]
    [InlineData("time of day between 08:00 to 18:00", 27, "unexpected \"to\"; it is written")]
    [InlineData("time of day between 08:00 and 25:00", 31, "here stand hours, two digits, 00 to 24")]
    [InlineData("time of day between 08:00 and 24:01", 31, "a day ends at 24:00")]
    [InlineData("time of day between 08:00 and 08:00:00", 31, "the two times are the same; the whole day is 00:00 and 24:00")]
    [InlineData("time of day between 00:00 and 00:00", 31, "the two times are the same")]
    [InlineData("after tomorrow", 7, "here stands a date that exists, yyyy-mm-dd")]
    [InlineData("after 2026-02-29T18:00", 7, "here stands a date that exists, yyyy-mm-dd")]
    [InlineData("after 2026-12-24", 17, "the text ends too early; after the date comes a time")]
    [InlineData("after 2026-12-24 Europe/Paris", 18, "unexpected \"Europe/Paris\"; after the date comes a time")]
    [InlineData("after 2026-12-24T24:00", 18, "here stand hours, two digits, 00 to 23")]
    [InlineData("after 2026-12-24T18:00+14:01", 24, "an offset is 14:00 at most")]
    [InlineData("after 2026-12-24T18:00+2", 24, "here stand hours, two digits, 00 to 14")]
    [InlineData("after 2026-12-24T18:00Z Europe/Paris", 25, "unexpected \"Europe/Paris\"; here the condition ends")]
    [InlineData("after 0001-01-01T00:00+01:00", 7, "in UTC, that is not in the years 1 to 9999")]
    [InlineData("before 9999-12-31T23:59 America/New_York", 8, "in UTC, that is not in the years 1 to 9999")]
    [InlineData("event", 6, "after \"event\" comes its name: letters")]
    [InlineData("event and monday", 7, "after \"event\" comes its name: letters")]
    [InlineData("event 'done", 7, "the quote is never closed")]
    [InlineData("event done where", 17, "the text ends too early; a match is a path, \"=\" and a value")]
    [InlineData("event done where a > 3", 20, "\"=\" is missing; a match is a path")]
    [InlineData("event done where a == 3", 21, "here stands a value: text in single quotes, a number, true, false or null")]
    [InlineData("event done where a = \"x\"", 22, "here stands a value: text in single quotes")]
    [InlineData("event done where a = x", 22, "here stands a value: text in single quotes")]
    [InlineData("event done where a = 01", 22, "here stands a value: text in single quotes")]
    [InlineData("event done where a. = 3", 20, "after the dot comes a name")]
    [InlineData("event done where a[-1] = 3", 20, "in brackets stands an item's number or a name in single quotes")]
    [InlineData("event done where a = 1 and b > 3", 28, "unexpected \"b\"; write it like")]
    [InlineData("monday or not (event done or friday)", 11, "an event counts only at the moment it arrives, so that \"not\"")]
    [InlineData("event a and monday and event b", 24, "an event counts only at the moment it arrives, so that two events are")]
    [InlineData("weekend europe/paris", 9, "there is no time zone \"europe/paris\"")]
    [InlineData("event done where a = 3x", 23, "unexpected \"x\"; here the condition ends")]
    public void Anything_else_is_an_error_that_says_what_where_and_what_is_accepted(string? text, int character, string expected)
    {
        Assert.False(EndCondition.TryParse(text, out EndCondition? condition, out string? error));
        Assert.Null(condition);
        Assert.StartsWith($"end condition \"{text}\", character {character}: {expected}", error, StringComparison.Ordinal);
        Assert.Equal(error, Assert.Throws<FormatException>(() => EndCondition.Parse(text!)).Message);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_an_error() => Assert.Contains(
        "character 8: half of a surrogate pair is not text", Error("event '\ud800'"), StringComparison.Ordinal);

    [Fact]
    public void Text_is_bounded()
    {
        string longest = "event '" + new string('x', EndCondition.MaxLength - 8) + "'";
        Assert.Equal("event ".Length + 992, EndCondition.Parse(longest).ToString().Length);
        Assert.Contains("it has 1001 characters, and the limit is 1000", Error(longest + " "), StringComparison.Ordinal);

        string tight = "event x where " + string.Join("and ", Enumerable.Repeat("a=1 ", 123));
        Assert.Contains("in its canonical form, it has", Error(tight), StringComparison.Ordinal);
        Assert.InRange(Error(new string('(', 100_000)).Length, 1, 300);
    }

    [Fact]
    public void Parts_are_bounded()
    {
        string[] most = [.. Enumerable.Repeat("friday", EndCondition.MaxParts)];
        EndCondition.Parse(string.Join(" and ", most));
        EndCondition.Any([.. most.Select(EndCondition.Parse)]);

        const string Bound = "a condition has 32 parts (windows, days, deadlines and events) at most";
        Assert.Contains($"character {32 * " friday or".Length + 1}: {Bound}", Error(string.Join(" or ", [.. most, "monday"])), StringComparison.Ordinal);
        Assert.Contains(Bound, Error($"({string.Join(" or ", most)}) and not event x"), StringComparison.Ordinal);
        Assert.Contains(Bound, Assert.Throws<ArgumentException>(() => EndCondition.All(EndCondition.Parse(string.Join(" or ", most)), "weekend")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_is_bounded()
    {
        EndCondition.Parse(Nested("(", EndCondition.MaxDepth, ")"));
        EndCondition.Parse(Nested("not ", EndCondition.MaxDepth, ""));
        EndCondition.Parse(string.Join(" or ", Enumerable.Repeat(Nested("(", EndCondition.MaxDepth, ")"), 10)));
        Assert.Contains("character 33: \"not\" and parentheses nest 32 levels", Error(Nested("(", 33, ")")), StringComparison.Ordinal);
        Assert.Contains("character 129: \"not\" and parentheses nest 32 levels", Error(Nested("not ", 33, "")), StringComparison.Ordinal);

        static string Nested(string open, int depth, string close) =>
            string.Concat(Enumerable.Repeat(open, depth)) + "monday" + string.Concat(Enumerable.Repeat(close, depth));
    }

    [Fact]
    public void Any_text_at_all_is_a_condition_or_a_format_error()
    {
        Gen<string> alike = Gen.OneOf(
                "time of day between", "08:00", "24:00", "and", "or", "not", "(", ")", "weekend", "monday", "to", "Europe/Paris", "Europe/",
                "A//b", "after", "before", "2026-12-24", "T", "Z", "+02:00", "event", "done", "where", "a.b", "[0]", "=", "'x'", "'", "3", "null",
                "\0", "\ud800", "é")
            .Array[0, 12].Select(words => string.Join(' ', words));

        Gen.OneOf(Gen.String, alike, Valid.SelectMany(text => Gen.Int[0, text.Length - 1].Select(cut => text.Remove(cut, 1)))).Sample(
            text =>
            {
                if (EndCondition.TryParse(text, out EndCondition? condition, out string? error))
                    Assert.Equal(condition, EndCondition.Parse(condition.ToString()));
                else
                    Assert.Equal(error, Assert.Throws<FormatException>(() => EndCondition.Parse(text)).Message);
            },
            iter: 20_000);
    }

    [Fact]
    public void Json_is_the_canonical_text()
    {
        Request request = new("Monday to friday Europe/Paris or event 'it''s'");
        string json = JsonSerializer.Serialize(request);
        Assert.Equal("weekdays Europe/Paris or event 'it''s'", JsonElement.Parse(json).GetProperty("EndWhen").GetString());
        Assert.Equal(request, JsonSerializer.Deserialize<Request>(json));
        Assert.Null(JsonSerializer.Deserialize<Request>("""{ "EndWhen": null }""")!.EndWhen);
    }

    [Theory]
    [InlineData("\"someday\"", "unexpected \"someday\"; write it like")]
    [InlineData("3", "an end condition is text such as \"weekend Europe/Paris\"")]
    public void Json_that_is_not_a_condition_is_an_error(string json, string expected) => Assert.Contains(
        expected, Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<EndCondition>(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Json_with_half_a_surrogate_pair_is_an_error() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<EndCondition>("""
            "event '\ud800'"
            """));

    private static string Error(string text) => EndCondition.TryParse(text, out _, out string? error) ? "" : error;

    private sealed record Request(EndCondition? EndWhen);
}
