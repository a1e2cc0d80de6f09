using System.Globalization;

namespace Preempt;

/// <summary>
/// What a rule is named by where its limits are changed: a shared rule by its name, a workflow's own as <c>{workflow}:{index}</c>, whatever the version. A name has no
/// colon, so the two cannot be the same.
/// </summary>
internal static class RuleId
{
    private const char Separator = ':';

    /// <summary>A rule of a workflow.</summary>
    public static string Of(RegisteredWorkflow workflow, int index, ConcurrencyRule rule) =>
        rule.Name ?? string.Create(CultureInfo.InvariantCulture, $"{workflow.Name}{Separator}{index}");

    /// <summary>The rule that a gate is of.</summary>
    /// <param name="gate">The gate entity's key.</param>
    public static string OfGate(string gate)
    {
        string[] parts = gate.Split(Separator);
        return parts switch
        {
            [['~', .. var name], _] => name,
            [var workflow, _, var index, _] => $"{workflow}{Separator}{index}",
            _ => gate,
        };
    }

    /// <summary>What the keys of the rule's gates begin with, and perhaps of others.</summary>
    public static string PrefixOf(string rule)
    {
        int end = rule.IndexOf(Separator, StringComparison.Ordinal);
        return end < 0 ? GateId.PrefixOf(rule) : rule[..(end + 1)];
    }

    /// <summary>Whether a gate is the one of that key, or serves all keys.</summary>
    public static bool IsOfKey(string gate, string key) =>
        gate[(gate.LastIndexOf(Separator) + 1)..] is var rest && (rest == RunId.NoKey || rest.Split('~')[0] == RunId.HashKey(key));
}
