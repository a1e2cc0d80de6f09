using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>A change of a rule's limits, to be told to its gates: the input of the orchestration function <see cref="PreemptFunctions.ApplyLimits"/>.</summary>
/// <param name="Change">The change.</param>
/// <param name="IsPublished">Whether a lifecycle event tells of it.</param>
internal sealed record LimitWork(LimitChange Change, bool IsPublished)
{
    /// <summary>The rule.</summary>
    [JsonIgnore]
    public string Rule => Change.Limit.Rule;

    /// <summary>When what was set ends, UTC; null if it does not, or if a limit was taken back.</summary>
    [JsonIgnore]
    public DateTimeOffset? Until => Change.IsReset ? null : Change.Limit.Until;

    /// <summary>
    /// The orchestration that tells the gates of one change. It has the order in its name: an engine that does a batch of the book's operations again can do them in another
    /// order, and then a change gets the number that another had in vain.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="number">The number of the change.</param>
    /// <param name="order">The id of the order that asked for it.</param>
    public static string InstanceOf(string rule, long number, string order) =>
        FormattableString.Invariant($"{KeptIds.LimitChanges}{RunId.HashKey(rule)}:{number}:{RunId.HashKey(order)}");
}

/// <summary>What a rule's book says of a change.</summary>
/// <param name="IsMade">Whether it is in the book; null if the book is not as far yet.</param>
/// <param name="Number">The number of the latest change.</param>
/// <param name="IsLimited">Whether the rule has limits since.</param>
internal sealed record LimitStanding(bool? IsMade, long Number, bool IsLimited);

/// <summary>A page of a rule's gates, and the change that they are told of.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Number">The number of the change.</param>
/// <param name="Key">The key that it is of; null for all keys.</param>
/// <param name="Cursor">The cursor of the previous page; null for the first page.</param>
internal sealed record LimitPage(string Rule, long Number, string? Key, string? Cursor);

/// <summary>What was found there.</summary>
/// <param name="Cursor">Where the page ended; null after the last.</param>
/// <param name="Behind">Gates that did not have the change yet, and were told.</param>
internal sealed record LimitPageResult(string? Cursor, int Behind);

/// <summary>Whether a rule has limits that were changed at run time.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Number">The number of the change that this is of.</param>
/// <param name="IsLimited">Whether it has.</param>
internal sealed record LimitedRule(string Rule, long Number, bool IsLimited);
