using System.Collections.Immutable;

namespace Preempt;

/// <summary>The age of a run: which of two was accepted first. Runs accepted at one instant go by their id.</summary>
/// <param name="RunId">The run.</param>
/// <param name="QueuedAt">When it was accepted.</param>
public readonly record struct RunAge(string RunId, DateTimeOffset QueuedAt) : IComparable<RunAge>
{
    /// <summary>Negative when this run is the older one.</summary>
    /// <param name="other">The run to compare with.</param>
    /// <returns>Less than, equal to or more than 0.</returns>
    public int CompareTo(RunAge other)
    {
        int byTime = QueuedAt.CompareTo(other.QueuedAt);
        return byTime != 0 ? byTime : string.CompareOrdinal(RunId, other.RunId);
    }

    /// <summary>Whether the first run is older.</summary>
    public static bool operator <(RunAge left, RunAge right) => left.CompareTo(right) < 0;

    /// <summary>Whether the first run is newer.</summary>
    public static bool operator >(RunAge left, RunAge right) => left.CompareTo(right) > 0;

    /// <summary>Whether the first run is older, or the same.</summary>
    public static bool operator <=(RunAge left, RunAge right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the first run is newer, or the same.</summary>
    public static bool operator >=(RunAge left, RunAge right) => left.CompareTo(right) >= 0;
}

/// <summary>A run that a gate has admitted and that has not left.</summary>
/// <param name="Age">The run.</param>
/// <param name="Token">Its fencing token.</param>
/// <param name="SupersededBy">The run that it was stopped for, or null.</param>
public sealed record GateHolder(RunAge Age, long Token, string? SupersededBy = null);

/// <summary>What a gate remembers. Its size does not grow with the runs that have passed.</summary>
public sealed record GateState
{
    /// <summary>The concurrency key as text.</summary>
    public string Key { get; init; } = "";

    /// <summary>Runs that may hold the gate at one time, as the last run to enter knew it.</summary>
    public int MaxRuns { get; init; }

    /// <summary>What happens to a newcomer when all slots are taken, as the last run to enter knew it.</summary>
    public ConcurrencyStrategy Strategy { get; init; }

    /// <summary>The fencing token of the latest admission; 0 before the first.</summary>
    public long LastToken { get; init; }

    /// <summary>Admitted runs, in the order of admission.</summary>
    public ImmutableArray<GateHolder> Holders { get; init; } = [];

    /// <summary>Runs that wait for a slot, oldest first.</summary>
    public ImmutableArray<RunAge> Waiters { get; init; } = [];

    /// <summary>
    /// The newest runs that have ever entered, oldest first, <see cref="MaxRuns"/> at most: how a late or repeated message of an
    /// older run is known for what it is.
    /// </summary>
    public ImmutableArray<RunAge> Newest { get; init; } = [];
}
