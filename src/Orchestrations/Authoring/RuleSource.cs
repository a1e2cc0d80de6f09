using System.Text.Json;

namespace Preempt;

/// <summary>Where the parts of one rule come from that each run has of its own.</summary>
/// <param name="Key">Its key.</param>
/// <param name="MaxRuns">Computes its maximum; null where the rule has one for all keys.</param>
internal sealed record RuleSource(KeySelector Key, NumberSelector? MaxRuns = null)
{
    /// <summary>Computes the weight of its key; null where all keys have the same.</summary>
    public NumberSelector? Weight { get; init; }

    /// <summary>The rule as a run with this input meets it.</summary>
    /// <exception cref="KeyTemplateException">The code returned a number that is out of range.</exception>
    public ConcurrencyRule Fix(ConcurrencyRule rule, JsonElement? input, IReadOnlyDictionary<string, string> metadata)
    {
        if (MaxRuns is not null)
            rule = rule with { MaxRuns = MaxRuns.Select(input, metadata) };
        return Weight is null ? rule : rule with { Weight = Weight.Select(input, metadata) };
    }
}

/// <summary>Computes a number of a rule: how many runs of a key may run at one time, or how many turns the key has.</summary>
internal sealed class NumberSelector(string name, int largest, Func<JsonElement?, IReadOnlyDictionary<string, string>, int> select)
{
    public static NumberSelector MaxRunsFromCode<TInput>(Func<TInput, IReadOnlyDictionary<string, string>, int> maxRuns) =>
        FromCode("maxRuns", ConcurrencyRule.LargestMaxRuns, maxRuns);

    public static NumberSelector WeightFromCode<TInput>(Func<TInput, IReadOnlyDictionary<string, string>, int> weight) =>
        FromCode("weight", ConcurrencyRule.LargestWeight, weight);

    /// <exception cref="KeyTemplateException">It is out of range.</exception>
    public int Select(JsonElement? input, IReadOnlyDictionary<string, string> metadata)
    {
        int number = select(input, metadata);
        return number >= 1 && number <= largest
            ? number
            : throw new KeyTemplateException($"{name}: the workflow's code returned {number}; 1 to {largest} is allowed.");
    }

    private static NumberSelector FromCode<TInput>(string name, int largest, Func<TInput, IReadOnlyDictionary<string, string>, int> number) =>
        new(name, largest, (input, metadata) => number(Payload.Read<TInput>(input), metadata));
}
