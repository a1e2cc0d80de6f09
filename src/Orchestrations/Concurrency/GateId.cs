using System.Globalization;

namespace Preempt;

/// <summary>
/// The entity keys of gates. That of a workflow's own rule begins with <c>{workflow}:{version}:{rule}:</c>, that of a rule that workflows share with <c>~{rule}:</c>, which
/// no workflow's name begins with.
/// </summary>
internal static class GateId
{
    private const char Separator = ':';
    private const char SharedMark = '~';

    /// <summary>How the keys of all gates of a workflow's rule begin.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="version">Its version: each has gates of its own.</param>
    /// <param name="rule">The rule's index.</param>
    public static string PrefixOf(string workflow, string version, int rule) =>
        string.Create(CultureInfo.InvariantCulture, $"{workflow}{Separator}{version}{Separator}{rule}{Separator}");

    /// <summary>How the keys of all gates of a shared rule begin.</summary>
    /// <param name="name">The rule's name.</param>
    public static string PrefixOf(string name) => $"{SharedMark}{name}{Separator}";

    /// <summary>
    /// The gate of one concurrency key; with RoundRobin one gate serves all keys. If a deployment makes a rule a throttle or a debounce, or no longer one,
    /// that is another gate.
    /// </summary>
    public static string Of(string prefix, ConcurrencyRule rule, string key) => prefix + rule switch
    {
        { Strategy: ConcurrencyStrategy.RoundRobin } => RunId.NoKey,
        { Rate: not null } => $"{RunId.HashKey(key)}~",
        { Debounce: not null } => $"{RunId.HashKey(key)}~quiet",
        _ => RunId.HashKey(key),
    };

    /// <summary>What its metrics are counted under: the workflow, or the shared rule as <c>~{rule}</c>.</summary>
    public static string OwnerOf(string gate) => gate[..Math.Max(0, gate.IndexOf(Separator, StringComparison.Ordinal))];
}
