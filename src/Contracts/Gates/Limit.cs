using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>
/// What is to hold for a rule, or for one key of it, in place of what the app's code says: what is null stays as it is in the code. Takes the place of an earlier limit of
/// the same rule and key.
/// </summary>
public record LimitRequest
{
    /// <summary>The most rules and keys of one rule that can have a limit at one time.</summary>
    public const int MaxKeys = 1000;

    /// <summary>The most characters of a rule's id, and of <see cref="By"/>.</summary>
    internal const int MaxNameLength = 100;

    /// <summary>
    /// The rule: the name of one that workflows share, such as <c>gpu</c>; or a workflow's own, by its name and the rule's number, such as <c>chat-reply:0</c>. The rules around
    /// its steps follow in the count. The name alone is the workflow's first rule.
    /// </summary>
    public required string Rule { get; init; }

    /// <summary>The key that it is for; null for all keys that have no limit of their own.</summary>
    public string? Key { get; init; }

    /// <summary>How many runs of one key may run at one time, 1 to 1000; of a throttle its burst.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>For Queue and RoundRobin: how many runs of one key may wait, 1 to 10,000.</summary>
    public int? MaxQueued { get; init; }

    /// <summary>For RoundRobin, of all keys: how many runs of all keys together may run at one time, 1 to 1000.</summary>
    public int? MaxTotal { get; init; }

    /// <summary>For a throttle: how often runs of one key may start.</summary>
    public StartRate? Rate { get; init; }

    /// <summary>For RoundRobin, of one key: how many turns it has where a key of weight 1 has one, 1 to 100.</summary>
    public int? Weight { get; init; }

    /// <summary>Whether no run starts until this is taken back. Runs that have started go on.</summary>
    public bool Pause { get; init; }

    /// <summary>Why, in words; up to 200 characters are kept.</summary>
    public string? Reason { get; init; }

    /// <summary>When the limit ends by itself, UTC; null for when it is taken back.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Who changes it, as the caller says; where the platform knows who calls, that is recorded in its place.</summary>
    public string? By { get; init; }
}

/// <summary>A limit that holds in place of what the app's code says.</summary>
public sealed record Limit : LimitRequest
{
    /// <summary>A limit that is read; its members say the rest.</summary>
    public Limit()
    {
    }

    /// <summary>A limit as it was asked for.</summary>
    [SetsRequiredMembers]
    internal Limit(LimitRequest request, DateTimeOffset at, long number)
        : base(request) => (At, Number) = (at, number);

    /// <summary>When it was set, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The number of the change that set it. The changes of a rule are numbered in the order in which they took effect, from 1.</summary>
    public required long Number { get; init; }
}

/// <summary>A change of the limits of a rule, for the record.</summary>
/// <param name="Limit">What was set, or taken back.</param>
/// <param name="IsReset">Whether it was taken back.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Number">The number of the change.</param>
/// <param name="By">Who; null if that is not known, or if its time was over.</param>
/// <param name="Reason">Why; "its time was over" if it ended by itself.</param>
public sealed record LimitChange(Limit Limit, bool IsReset, DateTimeOffset At, long Number, string? By, string? Reason);

/// <summary>A rule of the app, and the limits that hold in place of what its code says.</summary>
/// <param name="Rule">What the rule is named by where its limits are changed.</param>
/// <param name="Workflow">The workflow whose rule it is; null for a rule that workflows share.</param>
/// <param name="Step">The class of the steps that it is around; null for a rule of runs.</param>
/// <param name="Code">The rule, as the app's code has it.</param>
/// <param name="Limits">The limits that hold: that of all keys first, then those of single keys.</param>
/// <param name="Changes">The latest 100 changes, the newest first.</param>
public sealed record RuleLimits(
    string Rule,
    string? Workflow,
    string? Step,
    ConcurrencyRule Code,
    ImmutableArray<Limit> Limits,
    ImmutableArray<LimitChange> Changes);
