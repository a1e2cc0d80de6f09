namespace Preempt.Cli.Output;

/// <summary>Finds what somebody meant who mistyped a word.</summary>
internal static class Suggestion
{
    private const int Most = 3;

    /// <summary>A word that is so long may be the beginning of what was meant.</summary>
    private const int LeastBeginning = 3;

    /// <summary>A sentence that names the known words that are nearest to a typed one; empty when none is near.</summary>
    public static string For(string typed, IEnumerable<string> known)
    {
        string[] near = Find(typed, known);
        return near.Length == 0 ? "" : $"Did you mean {string.Join(" or ", near)}?";
    }

    /// <summary>The known words that are nearest to a typed one, three at most: equally near, in their order.</summary>
    public static string[] Find(string typed, IEnumerable<string> known)
    {
        (string Word, int Distance)[] near =
        [
            .. known.Distinct()
                .Select(word => (Word: word, Distance: IsBeginning(typed, word) ? 1 : Distance(typed.ToUpperInvariant(), word.ToUpperInvariant())))
                .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(typed.Length, candidate.Word.Length) / 3)),
        ];
        int least = near.Select(candidate => candidate.Distance).DefaultIfEmpty().Min();
        return [.. near.Where(candidate => candidate.Distance == least).Select(candidate => candidate.Word).Take(Most)];
    }

    private static bool IsBeginning(string typed, string word) =>
        typed.Length >= LeastBeginning && word.StartsWith(typed, StringComparison.OrdinalIgnoreCase);

    /// <summary>How many characters are to be put in, left out, replaced, or exchanged with the next, to make one word of the other.</summary>
    private static int Distance(string one, string other)
    {
        int[,] table = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++)
        {
            for (int j = 0; j <= other.Length; j++)
                table[i, j] = i == 0 || j == 0 ? i + j : Next(i, j);
        }

        return table[one.Length, other.Length];

        int Next(int i, int j)
        {
            int replaced = table[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
            int least = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
            bool isExchanged = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            return isExchanged ? Math.Min(least, table[i - 2, j - 2] + 1) : least;
        }
    }
}
