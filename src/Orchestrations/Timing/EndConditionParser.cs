using System.Collections.Immutable;

namespace Preempt;

/// <summary>Reads the text form of an <see cref="EndCondition"/>, which has the grammar, once from the left.</summary>
internal sealed class EndConditionParser(string text)
{
    private const string Accepted =
        "write it like \"time of day between 08:00 and 18:00 Europe/Paris\", \"monday to friday\", \"weekdays\", \"weekend\", "
        + "\"after 2026-12-24T18:00Z\", \"before ...\" or \"event approved\", joined with \"and\", \"or\", \"not\" and parentheses";

    private readonly TextCursor _cursor = new(text, "end condition");
    private int _depth;
    private int _parts;

    /// <summary>Reads what stands after "where", alone.</summary>
    /// <exception cref="FormatException">It is not a match or several.</exception>
    public static ImmutableArray<EventMatch> ParseMatches(string text)
    {
        TextCursor cursor = new(text, "match");
        ImmutableArray<EventMatch> matches = EventMatchParser.ReadMatches(cursor);
        cursor.SkipSpace();
        return cursor.AtEnd ? matches : throw cursor.Unexpected("here the matches end, or go on with \"and\" and a match");
    }

    /// <summary>Reads the whole text.</summary>
    /// <exception cref="FormatException">It is not a condition.</exception>
    public EndCondition Parse()
    {
        RequireFit(text.Length, "");
        _cursor.RequireUnicode();
        _cursor.SkipSpace();
        if (_cursor.AtEnd) throw _cursor.Failure(0, $"there is no text; {Accepted}");

        EndCondition condition = ReadAny();
        _cursor.SkipSpace();
        if (!_cursor.AtEnd) throw _cursor.Unexpected("here the condition ends, or goes on with \"and\" or \"or\"");
        RequireFit(condition.ToString().Length, "in its canonical form, ");
        return condition;
    }

    private EndCondition ReadAny()
    {
        List<EndCondition> parts = [ReadAll()];
        while (_cursor.TrySkipWord("or")) parts.Add(ReadAll());
        return CombinedCondition.Of(Binding.Or, parts);
    }

    private EndCondition ReadAll()
    {
        List<EndCondition> parts = [ReadNot()];
        while (_cursor.TrySkipWord("and"))
        {
            _cursor.SkipSpace();
            int start = _cursor.Position;
            EndCondition part = ReadNot();
            if (part.NamesEvent && parts.Exists(other => other.NamesEvent)) throw _cursor.Failure(start, CombinedCondition.OneEvent);
            parts.Add(part);
        }

        return CombinedCondition.Of(Binding.And, parts);
    }

    private EndCondition ReadNot()
    {
        _cursor.SkipSpace();
        int start = _cursor.Position;
        if (_cursor.TrySkipWord("not"))
        {
            EndCondition negated = ReadDeeper(start, ReadNot);
            return negated.NamesEvent ? throw _cursor.Failure(start, NegatedCondition.NoEvent) : new NegatedCondition(negated);
        }

        if (!_cursor.TrySkip("(")) return ReadSingle();

        EndCondition inside = ReadDeeper(start, ReadAny);
        _cursor.SkipSpace();
        if (_cursor.AtEnd) throw _cursor.Failure(start, "the \"(\" is never closed");
        return _cursor.TrySkip(")") ? inside : throw _cursor.Unexpected("here stands \")\", \"and\" or \"or\"");
    }

    private EndCondition ReadDeeper(int start, Func<EndCondition> read)
    {
        if (++_depth > EndCondition.MaxDepth)
            throw _cursor.Failure(start, $"\"not\" and parentheses nest {EndCondition.MaxDepth} levels deep at most");
        EndCondition condition = read();
        _depth--;
        return condition;
    }

    private EndCondition ReadSingle()
    {
        int start = _cursor.Position;
        if (++_parts > EndCondition.MaxParts)
            throw _cursor.Failure(start, $"a condition has {EndCondition.MaxParts} parts (windows, days, deadlines and events) at most");
        string word = _cursor.PeekWord();
        _cursor.Position += word.Length;
        switch (word.ToUpperInvariant())
        {
            case "TIME":
                return ReadTimeOfDay();
            case "WEEKEND":
                return new DayRange(DayOfWeek.Saturday, DayOfWeek.Sunday, InstantParser.ReadZone(_cursor));
            case "WEEKDAYS":
                return new DayRange(DayOfWeek.Monday, DayOfWeek.Friday, InstantParser.ReadZone(_cursor));
            case "AFTER":
                return new Deadline(DeadlineSide.After, InstantParser.ReadInstant(_cursor));
            case "BEFORE":
                return new Deadline(DeadlineSide.Before, InstantParser.ReadInstant(_cursor));
            case "EVENT":
                return ReadEvent();
            default:
                _cursor.Position = start;
                return TrySkipDay() is { } first ? ReadDays(first) : throw _cursor.Unexpected(Accepted);
        }
    }

    private TimeWindow ReadTimeOfDay()
    {
        const string Rule = "it is written \"time of day between 08:00 and 18:00\"";
        foreach (string word in (ReadOnlySpan<string>)["of", "day", "between"]) _cursor.ExpectWord(word, Rule);
        long from = InstantParser.ReadTime(_cursor, mayEndDay: false);
        _cursor.ExpectWord("and", Rule);
        _cursor.SkipSpace();
        int start = _cursor.Position;
        long to = InstantParser.ReadTime(_cursor, mayEndDay: true);
        if (from == to) throw _cursor.Failure(start, "the two times are the same; the whole day is 00:00 and 24:00");
        return new(new(from), new(to % TimeSpan.TicksPerDay), InstantParser.ReadZone(_cursor));
    }

    private DayRange ReadDays(DayOfWeek first)
    {
        if (!_cursor.TrySkipWord("to")) return new(first, first, InstantParser.ReadZone(_cursor));

        _cursor.SkipSpace();
        int start = _cursor.Position;
        DayOfWeek last = TrySkipDay() ?? throw _cursor.Unexpected("after \"to\" comes the last day, as in \"monday to friday\"");
        if (first == last) throw _cursor.Failure(start, "the two days are the same; one day is written alone, as in \"monday\"");
        return new(first, last, InstantParser.ReadZone(_cursor));
    }

    private DayOfWeek? TrySkipDay()
    {
        foreach (DayOfWeek day in Enum.GetValues<DayOfWeek>())
        {
            if (_cursor.TrySkipWord(day.ToString())) return day;
        }

        return null;
    }

    private EventCondition ReadEvent()
    {
        _cursor.SkipSpace();
        int start = _cursor.Position;
        bool quoted = _cursor.Current == '\'';
        string name = quoted ? _cursor.ReadQuoted("a name") : _cursor.ReadWhile(EventCondition.IsNameCharacter);
        if (name.Length == 0 || (!quoted && !EventCondition.IsPlainName(name)))
        {
            throw _cursor.Failure(
                start, "after \"event\" comes its name: letters, digits, \"_\", \"-\", \".\" and \":\", or anything in single quotes");
        }

        return new(name, _cursor.TrySkipWord("where") ? EventMatchParser.ReadMatches(_cursor) : []);
    }

    private void RequireFit(int length, string form)
    {
        if (length > EndCondition.MaxLength)
            throw _cursor.Failure(0, $"{form}it has {length} characters, and the limit is {EndCondition.MaxLength}");
    }
}
