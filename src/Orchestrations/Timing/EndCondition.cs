using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>
/// When a run is to end: at times of the day, on days of the week, before or after an instant, on an event, or any combination. A run
/// ends when its condition is met. Compared by its canonical text.
/// </summary>
/// <remarks>
/// The text form, of 1,000 characters, 32 parts (windows, days, deadlines and events) and 32 levels of "not" and parentheses at most; words are
/// case-insensitive:
/// <code>
/// condition = all { "or" all }                            "not" binds tightest, then "and", then "or"
/// all       = single { "and" single }                     only one of them may name an event
/// single    = "not" single | "(" condition ")"            nothing with an event in it can be negated
///           | "time of day between" time "and" time [ zone ]
///           | "weekend" [ zone ] | "weekdays" [ zone ] | day [ "to" day ] [ zone ]
///           | ( "after" | "before" ) date ( "T" | " " ) time [ "Z" | ( "+" | "-" ) hh:mm | zone ]
///           | "event" name [ "where" match { "and" match } ]
/// time      = hh:mm [ ":" ss [ "." fraction ] ]           "24:00" ends a day
/// date      = yyyy-mm-dd
/// day       = "monday" | ... | "sunday"
/// zone      = an IANA name such as Europe/Paris           without one: UTC
/// name      = letters, digits, "_", "-", ".", ":" | 'text'
/// match     = path "=" ( 'text' | number | "true" | "false" | "null" )
/// path      = a.b, items[0].sku, ['user id']              into the event's payload
/// </code>
/// A quote inside <c>'text'</c> is doubled. A time-of-day window includes its start and excludes its end, and goes across midnight when it
/// ends before it starts.
/// <para>
/// Where clocks are changed, each time of day still comes once a day: one that is skipped comes with the first instant after the gap,
/// and one that is shown twice comes the first time. Windows that share a boundary therefore never overlap or leave a gap.
/// </para>
/// <para>An event counts at the moment it arrives and not after it; time alone never meets a condition that needs one.</para>
/// </remarks>
/// <example><code>EndCondition.Parse("time of day between 08:00 and 18:00 Europe/Paris and not weekend Europe/Paris");</code></example>
[JsonConverter(typeof(EndConditionJsonConverter))]
public abstract record EndCondition
{
    /// <summary>The most characters of a condition's text.</summary>
    public const int MaxLength = 1000;

    /// <summary>The most levels of "not" and parentheses.</summary>
    public const int MaxDepth = 32;

    /// <summary>
    /// The most windows, days, deadlines and events that are joined. Each is looked at for each of up to 500 boundaries, whenever the code of a run is replayed.
    /// </summary>
    public const int MaxParts = 32;

    /// <summary>How many boundaries of its parts <see cref="NextChange(DateTimeOffset)"/> looks at: half a year to ten years of them.</summary>
    private const int MaxBoundaries = 500;

    private protected EndCondition()
    {
    }

    /// <summary>How tightly the text form holds together.</summary>
    internal virtual Binding Binding => Binding.Single;

    /// <summary>The names of the events that it needs for some of it.</summary>
    internal virtual IEnumerable<string> Events => [];

    /// <summary>The clocks that it goes by.</summary>
    internal virtual IEnumerable<ZoneClock> Clocks => [];

    /// <summary>Whether an event is needed for some of it.</summary>
    internal bool NamesEvent => Events.Any();

    /// <summary>Met at times of the day, every day.</summary>
    /// <param name="from">The first time that is inside.</param>
    /// <param name="to">The first time that is outside again, if need be on the next day. Midnight is the end of the day.</param>
    /// <param name="zone">The time zone's IANA name.</param>
    /// <exception cref="ArgumentException">The times are the same (and not midnight: the whole day), or there is no such zone.</exception>
    public static EndCondition TimeOfDay(TimeOnly from, TimeOnly to, string zone = "UTC") =>
        AsWritten(new TimeWindow(from, to, ZoneOf(zone)));

    /// <summary>Met on days of the week.</summary>
    /// <param name="first">The first day.</param>
    /// <param name="last">The last day, included; it may be the first.</param>
    /// <param name="zone">The time zone's IANA name.</param>
    /// <exception cref="ArgumentException">There is no such day or zone.</exception>
    public static EndCondition Days(DayOfWeek first, DayOfWeek last, string zone = "UTC") =>
        AsWritten(new DayRange(first, last, ZoneOf(zone)));

    /// <summary>Met from an instant on.</summary>
    public static EndCondition After(DateTimeOffset instant) => new Deadline(DeadlineSide.After, instant.ToUniversalTime());

    /// <summary>Met until an instant.</summary>
    public static EndCondition Before(DateTimeOffset instant) => new Deadline(DeadlineSide.Before, instant.ToUniversalTime());

    /// <summary>Met at the moment an event arrives.</summary>
    /// <param name="name">The event's name, case-insensitive.</param>
    /// <param name="where">What must hold for its payload, such as <c>"order.id = 'A-7' and approved = true"</c>.</param>
    /// <exception cref="ArgumentException">The name or the match is not of the text form.</exception>
    public static EndCondition OnEvent(string name, string? where = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        try
        {
            return AsWritten(new EventCondition(name, where is null ? [] : EndConditionParser.ParseMatches(where)));
        }
        catch (FormatException error)
        {
            throw new ArgumentException(error.Message, nameof(where), error);
        }
    }

    /// <summary>Met when all the conditions are.</summary>
    /// <exception cref="ArgumentException">There is none, several name an event, or they are too long or too many or nest too deep.</exception>
    public static EndCondition All(params EndCondition[] conditions) => Join(Binding.And, conditions);

    /// <summary>Met when at least one of the conditions is.</summary>
    /// <exception cref="ArgumentException">There is none, or they are too long or too many or nest too deep.</exception>
    public static EndCondition Any(params EndCondition[] conditions) => Join(Binding.Or, conditions);

    /// <summary>Met when the condition is not.</summary>
    /// <exception cref="ArgumentException">It names an event, or nests too deep.</exception>
    public static EndCondition Not(EndCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return AsWritten(new NegatedCondition(condition));
    }

    /// <summary>Reads a condition from its text form.</summary>
    /// <exception cref="FormatException">It is not a condition; the message says what is wrong, where, and what is accepted.</exception>
    public static EndCondition Parse(string text) => new EndConditionParser(text ?? "").Parse();

    /// <summary>Reads a condition from its text form, without an exception where the text is not one.</summary>
    /// <param name="text">The text; null is an error like empty text.</param>
    /// <param name="condition">The condition; null after an error.</param>
    /// <param name="error">What is wrong, where, and what is accepted; null when the text is a condition.</param>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out EndCondition? condition, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (condition, error) = (Parse(text!), null);
            return true;
        }
        catch (FormatException failure)
        {
            (condition, error) = (null, failure.Message);
            return false;
        }
    }

    /// <summary>Makes text usable where a condition is asked for; see <see cref="Parse"/>, also for its errors.</summary>
    public static implicit operator EndCondition(string? text) => Parse(text!);

    /// <summary>Whether it is met at an instant, without an event.</summary>
    public bool IsMet(DateTimeOffset now) => IsMet(now, zones: null);

    /// <summary>The same by what was known of its zones once.</summary>
    internal bool IsMet(DateTimeOffset now, FixedZones? zones) => At(new(now, Zones: zones)).IsMet;

    /// <summary>
    /// The next instant, strictly later and in UTC, at which <see cref="IsMet(DateTimeOffset)"/> changes: when to set a timer. Null when it never does.
    /// </summary>
    /// <remarks>
    /// Whether a combination ever changes cannot always be told ("monday and tuesday"). After 500 boundaries of its parts without a
    /// change it answers with the last of them: <see cref="IsMet(DateTimeOffset)"/> is the same until then; ask again from there.
    /// </remarks>
    public DateTimeOffset? NextChange(DateTimeOffset after) => NextChange(after, zones: null);

    /// <summary>The same by what was known of its zones once.</summary>
    internal DateTimeOffset? NextChange(DateTimeOffset after, FixedZones? zones)
    {
        ConditionState state = At(new(after, Zones: zones));
        bool met = state.IsMet;
        DateTimeOffset? next = state.Until;
        for (int boundaries = 1; next is { } boundary && boundaries < MaxBoundaries; boundaries++)
        {
            state = At(new(boundary, Zones: zones));
            if (state.IsMet != met) break;
            next = state.Until;
        }

        return next;
    }

    /// <summary>Whether an event meets it at the moment it arrives.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">The event's payload, if it has one.</param>
    /// <param name="now">That moment; parts of a combination may depend on it, as in "event idle and weekend".</param>
    public bool MatchesEvent(string name, JsonElement? payload, DateTimeOffset now) => MatchesEvent(name, payload, now, zones: null);

    /// <summary>The same by what was known of its zones once.</summary>
    internal bool MatchesEvent(string name, JsonElement? payload, DateTimeOffset now, FixedZones? zones)
    {
        ArgumentNullException.ThrowIfNull(name);
        return At(new(now, name, payload, zones)).IsMet;
    }

    /// <summary>The canonical text, from which <see cref="Parse"/> reads an equal condition. Instants are in UTC.</summary>
    public sealed override string ToString() => Write();

    /// <summary>Whether it is met at a moment, and until when that stays so.</summary>
    internal abstract ConditionState At(Moment moment);

    private protected abstract string Write();

    /// <summary>The parser has all the rules: what code builds is checked, and put in order, by reading its text.</summary>
    private static EndCondition AsWritten(EndCondition condition) => TryParse(condition.Write(), out EndCondition? read, out string? error)
        ? read
        : throw new ArgumentException(error);

    private static EndCondition Join(Binding binding, EndCondition[] conditions)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        foreach (EndCondition condition in conditions) ArgumentNullException.ThrowIfNull(condition, nameof(conditions));
        return AsWritten(CombinedCondition.Of(binding, conditions));
    }

    private static ZoneClock ZoneOf(string zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return ZoneClock.Find(zone) ?? throw new ArgumentException(ZoneClock.NoZone(zone), nameof(zone));
    }
}
