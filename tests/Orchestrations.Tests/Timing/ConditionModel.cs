using System.Globalization;
using CsCheck;

namespace Preempt.Tests.Timing;

/// <summary>A condition on time, as text and as a plain question to the clocks on the wall.</summary>
public sealed record ConditionModel(string Text, int Strength, Func<WallClocks, int, bool> Holds)
{
    private const int Or = 0;
    private const int And = 1;
    private const int Single = 2;

    private static readonly string[] DayNames = CultureInfo.InvariantCulture.DateTimeFormat.DayNames;

    private static readonly Gen<string> Zone = Gen.OneOf(WallClocks.Zones);

    /// <summary>Minutes of a day, most of them near those that clocks skip or show twice.</summary>
    private static readonly Gen<int> Minute = Gen.OneOf(
        Gen.Int[0, 1439],
        Gen.OneOf(0, 15, 60, 90, 105, 120, 135, 150, 165, 180, 181, 210, 1380, 1381, 1410, 1425));

    private static readonly Gen<ConditionModel> Window = Gen.Select(Minute, Gen.Frequency((9, Minute), (1, Gen.Const(1440))), Zone)
        .Where((from, to, _) => from != to)
        .Select((from, to, zone) => new ConditionModel(
            $"time of day between {Time(from)} and {Time(to)}{Suffix(zone)}",
            Single,
            (clocks, index) =>
            {
                int minute = (int)clocks.Read(zone, index).TimeOfDay.TotalMinutes;
                return from < to ? from <= minute && minute < to : from <= minute || minute < to;
            }));

    private static readonly Gen<ConditionModel> Days = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], Zone)
        .Select((first, last, zone) => new ConditionModel(
            Range(first, last) + Suffix(zone),
            Single,
            (clocks, index) =>
            {
                int today = (int)clocks.Read(zone, index).DayOfWeek;
                return first <= last ? first <= today && today <= last : first <= today || today <= last;
            }));

    /// <summary>Deadlines within the days that are looked at.</summary>
    private static Gen<ConditionModel> Deadline(DateTimeOffset start) =>
        Gen.Select(Gen.Int[0, WallClocks.Minutes], Zone, Gen.Bool).Select((offset, zone, after) =>
        {
            DateTime time = start.UtcDateTime.AddMinutes(offset);
            return new ConditionModel(
                $"{(after ? "after" : "before")} {time:yyyy-MM-dd HH:mm}{Suffix(zone)}",
                Single,
                (clocks, index) => clocks.Read(zone, index) >= time == after);
        });

    /// <summary>Conditions short enough to be one, also with something more.</summary>
    public static Gen<ConditionModel> Any(DateTimeOffset start) =>
        Nested(start).Where(model => model.Text.Length < EndCondition.MaxLength / 2);

    private static Gen<ConditionModel> Nested(DateTimeOffset start) => Gen.Recursive<ConditionModel>((depth, inner) =>
    {
        Gen<ConditionModel> single = Gen.Frequency((4, Window), (2, Days), (1, Deadline(start)));
        Gen<ConditionModel[]> parts = inner.Array[2, 3];
        return depth > 2
            ? single
            : Gen.Frequency(
                (4, single),
                (1, inner.Select(Not)),
                (1, parts.Select(all => Join(all, "and", And, (clocks, index) => all.All(part => part.Holds(clocks, index))))),
                (1, parts.Select(any => Join(any, "or", Or, (clocks, index) => any.Any(part => part.Holds(clocks, index))))));
    });

    public override string ToString() => Text;

    private static ConditionModel Not(ConditionModel model) =>
        new($"not {model.In(Single)}", Single, (clocks, index) => !model.Holds(clocks, index));

    private static ConditionModel Join(ConditionModel[] parts, string word, int strength, Func<WallClocks, int, bool> holds) =>
        new(string.Join($" {word} ", parts.Select(part => part.In(strength))), strength, holds);

    private string In(int strength) => Strength < strength ? $"({Text})" : Text;

    private static string Suffix(string zone) => zone == "UTC" ? "" : " " + zone;

    private static string Time(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");

    private static string Range(int first, int last) => (first, last) switch
    {
        (6, 0) => "weekend",
        (1, 5) => "Weekdays",
        _ when first == last => DayNames[first],
        _ => $"{DayNames[first]} to {DayNames[last]}",
    };
}
