using System.Text.Json;

namespace Preempt;

/// <summary>Where the parts of one rule come from that each run has of its own.</summary>
/// <param name="Key">Its key.</param>
/// <param name="MaxRuns">Computes its maximum; null where the rule has one for all keys.</param>
internal sealed record RuleSource(KeySelector Key, MaxRunsSelector? MaxRuns = null)
{
    /// <summary>The rule as a run with this input meets it.</summary>
    /// <exception cref="KeyTemplateException">The code returned a maximum that is out of range.</exception>
    public ConcurrencyRule Fix(ConcurrencyRule rule, JsonElement? input, IReadOnlyDictionary<string, string> metadata) =>
        MaxRuns is null ? rule : rule with { MaxRuns = MaxRuns.Select(input, metadata) };
}

/// <summary>Computes how many runs of a key may run at one time.</summary>
internal sealed class MaxRunsSelector(Func<JsonElement?, IReadOnlyDictionary<string, string>, int> select)
{
    public static MaxRunsSelector FromCode<TInput>(Func<TInput, IReadOnlyDictionary<string, string>, int> maxRuns) =>
        new((input, metadata) => maxRuns(Payload.Read<TInput>(input), metadata));

    /// <exception cref="KeyTemplateException">It is out of range.</exception>
    public int Select(JsonElement? input, IReadOnlyDictionary<string, string> metadata)
    {
        int maxRuns = select(input, metadata);
        return maxRuns is >= 1 and <= ConcurrencyRule.LargestMaxRuns
            ? maxRuns
            : throw new KeyTemplateException($"maxRuns: the workflow's code returned {maxRuns}; 1 to {ConcurrencyRule.LargestMaxRuns} is allowed.");
    }
}
