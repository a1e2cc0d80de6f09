using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsCheck;

namespace Preempt.Tests.Fuzz;

/// <summary>
/// Plays inputs at random against something that reads what others have written: made of its own words, of the kept corpus with changes, and of any
/// characters. Each must be over in time, and may throw what is documented alone. <c>PREEMPT_FUZZ_INPUTS</c> says how many, and
/// <c>PREEMPT_FUZZ_KEEP=1</c> adds to the corpus what comes to something new.
/// </summary>
/// <param name="name">The target, and its file in the folder Corpus: an input on each line, see <see cref="Escaped"/>. An empty line is the empty input.</param>
/// <param name="words">What inputs are made of.</param>
/// <param name="play">Plays one input, and says in words what came of it; it throws where that is not as documented.</param>
internal sealed class FuzzTarget(string name, string[] words, Func<string, string> play)
{
    private const int UsualInputs = 10_000;
    private const int MaxOutcomes = 10_000;
    private const int MaxKept = 150;
    private const int MaxKeptLength = 300;

    /// <summary>The longest that an input may take, of its best of three tries: a machine that is busy with others is no failure.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, string> _outcomes = new(StringComparer.Ordinal);

    /// <summary>Plays the corpus, then inputs at random.</summary>
    /// <param name="share">Divides how many: of a target whose inputs cost more than a few microseconds.</param>
    public void Play(int share = 1)
    {
        string[] corpus = Read();
        Assert.NotEmpty(corpus);
        foreach (string input in corpus)
            Judge(input);
        int known = _outcomes.Count;
        long inputs = Environment.GetEnvironmentVariable("PREEMPT_FUZZ_INPUTS") is { Length: > 0 } text
            ? long.Parse(text, CultureInfo.InvariantCulture)
            : UsualInputs / share;
        long start = Stopwatch.GetTimestamp();
        long played = 0;
        Inputs(corpus).Sample(
            input =>
            {
                Judge(input);
                if (Interlocked.Increment(ref played) % 1_000_000 == 0)
                    Log($"{played} inputs");
            },
            iter: inputs,
            print: Escaped.Write);
        Log($"{inputs} inputs in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, {known} outcomes of the corpus, {_outcomes.Count} in all");
        if (Environment.GetEnvironmentVariable("PREEMPT_FUZZ_KEEP") == "1")
            Keep(corpus);
    }

    private void Judge(string input)
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int tries = 0; tries < 3 && best > Limit; tries++)
        {
            long start = Stopwatch.GetTimestamp();
            string outcome = play(input);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            best = time < best ? time : best;
            Note(outcome, input);
        }

        Assert.True(best <= Limit, $"{name}: {Escaped.Write(input)} takes {best}.");
    }

    /// <summary>Keeps the shortest input of each outcome, without regard to numbers and what is quoted.</summary>
    private void Note(string outcome, string input)
    {
        string kind = KindOf(outcome);
        if (input.Length <= MaxKeptLength && (_outcomes.Count < MaxOutcomes || _outcomes.ContainsKey(kind)))
            _outcomes.AddOrUpdate(kind, input, (_, kept) => input.Length < kept.Length ? input : kept);
    }

    private static string KindOf(string outcome)
    {
        const int MaxKind = 200;
        StringBuilder kind = new();
        bool isQuoted = false;
        foreach (char character in outcome)
        {
            if (kind.Length == MaxKind)
                break;
            isQuoted ^= character == '"';
            if (character == '"' || (!isQuoted && !char.IsDigit(character)))
                kind.Append(character);
        }

        return kind.ToString();
    }

    private Gen<string> Inputs(string[] corpus)
    {
        Gen<string> word = Gen.OneOf(words);
        Gen<string> any = Gen.String[Gen.Frequency(
            (6, Gen.Char[' ', '~']), (2, Gen.Char['\0', '\u02ff']), (1, Gen.Char['\ud7f0', '\ue00f']), (1, Gen.OneOf("\u2212\u00b5\u03bc\u0661\u212a\ufeff\uffff\u2028\u00a0".ToCharArray()))), 0, 30];
        Gen<string> changed = Gen.Select(
            Gen.OneOf(corpus), Gen.Select(Gen.Int[0, 5], Gen.UInt, Gen.UInt, word, Gen.Char[' ', '~']).Array[1, 4], Gen.OneOf(corpus), Change);
        return Gen.Frequency((4, word.Array[0, 12].Select(string.Concat)), (5, changed), (1, any));
    }

    private static string Change(string text, (int Kind, uint From, uint Length, string Word, char Character)[] changes, string other)
    {
        foreach ((int kind, uint from, uint length, string word, char character) in changes)
        {
            int start = (int)(from % (uint)(text.Length + 1));
            int end = start + (int)(length % (uint)Math.Min(text.Length - start + 1, 20));
            text = kind switch
            {
                0 => text[..start] + text[end..],
                1 => text[..start] + word + text[start..],
                2 => text[..start] + word + text[end..],
                3 => text[..start] + character + text[Math.Min(start + 1, text.Length)..],
                4 => text[..end] + text[start..],
                _ => text[..start] + other[Math.Min(start, other.Length)..],
            };
        }

        return text;
    }

    private string[] Read() =>
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Fuzz", "Corpus", $"{name}.txt")).Select(Escaped.Read)];

    private void Keep(string[] corpus, [CallerFilePath] string path = "")
    {
        HashSet<string> known = [.. corpus];
        string[] found = [.. _outcomes.Values.Where(input => !known.Contains(input)).Take(Math.Max(0, MaxKept - corpus.Length))];
        File.AppendAllLines(
            Path.Combine(Path.GetDirectoryName(path)!, "Corpus", $"{name}.txt"), found.Select(Escaped.Write));
    }

    private void Log(string text) => Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {name}: {text}");
}
